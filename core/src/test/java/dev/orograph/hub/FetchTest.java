package dev.orograph.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from a hub on this machine, whole and troubled. */
class FetchTest {
  private static final String COMMIT = LoopbackHub.COMMIT;
  private static final String WEIGHTS = "model.safetensors";

  /** How long the hub may say nothing where a test has it fall silent. */
  private static final Duration SILENCE = Duration.ofMillis(1500);

  private static final String CONFIG = "{\"model_type\":\"t5\"}";

  @TempDir private Path dir;
  private Path cache;
  private LoopbackHub hub;
  private byte[] weights;
  private final List<String> waits = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void open() {
    cache = dir.resolve("cache");
    weights = new byte[3_000_000];
    new Random(7).nextBytes(weights);
    hub = new LoopbackHub().small("config.json", CONFIG).large(WEIGHTS, weights);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private Fetch.Fetched fetch(String name, Map<String, String> environment, String... pattern) {
    return fetch(hub.settings(cache, environment), name, pattern);
  }

  private Fetch.Fetched fetch(HubSettings settings, String name, String... pattern) {
    return Fetch.run(
        settings,
        HubName.parse(name),
        Arrays.stream(pattern).findFirst(),
        new Fetch.Heard() {
          @Override
          public void bytes(String file, long done, long total, int files, int of) {
            assertThat(done).isBetween(0L, total);
            assertThat(files).isBetween(0, of);
          }

          @Override
          public void waits(String why) {
            waits.add(why);
          }
        });
  }

  private Fetch.Fetched fetch() {
    return fetch("org/model", Map.of());
  }

  private String refusal(Map<String, String> environment) {
    try {
      fetch("org/model", environment);
    } catch (InputException e) {
      return e.getMessage();
    }
    throw new AssertionError("was not refused");
  }

  private Path entry(String... parts) {
    return Path.of(cache.resolve("models--org--model").toString(), parts);
  }

  private Path blob() {
    return entry("blobs", LoopbackHub.etag(weights, true));
  }

  private Path part() {
    return entry("blobs", LoopbackHub.etag(weights, true) + CacheEntry.INCOMPLETE);
  }

  /** Everything below a folder, but for locks. */
  private static Set<String> tree(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(p -> !Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
          .map(p -> folder.relativize(p).toString().replace('\\', '/'))
          .filter(p -> !p.endsWith(".lock"))
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As huggingface_hub's guide to its cache draws it. */
  @Test
  void theCacheLooksAsOtherToolsLeaveIt() throws IOException {
    Fetch.Fetched fetched = fetch();
    String config = LoopbackHub.etag(CONFIG.getBytes(StandardCharsets.UTF_8), false);
    assertThat(tree(entry()))
        .containsExactlyInAnyOrder(
            "blobs/" + config,
            "blobs/" + LoopbackHub.etag(weights, true),
            "refs/main",
            "snapshots/" + COMMIT + "/config.json",
            "snapshots/" + COMMIT + "/" + WEIGHTS);
    Path snapshot = entry("snapshots", COMMIT);
    assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
        .isEqualTo(Path.of("../../blobs/" + config));
    assertThat(snapshot.resolve(WEIGHTS)).hasBinaryContent(weights);
    assertThat(entry("refs", "main")).hasContent(COMMIT);
    assertThat(Files.size(entry("refs", "main"))).isEqualTo(40);
    assertThat(fetched.files()).isEqualTo(2);
    assertThat(fetched.fetched()).isEqualTo(2);
    assertThat(fetched.bytes()).isEqualTo(weights.length + CONFIG.length());
    assertThat(fetched.snapshot().toRealPath()).isEqualTo(snapshot.toRealPath());
    assertThat(new HubCache(cache).locate(Path.of("org/model"))).isEqualTo(snapshot);
    assertThat(tree(dir)).allMatch(p -> p.startsWith("cache/models--org--model/"));
  }

  @Test
  void whatIsThereIsNotAskedForAgain() {
    fetch();
    hub.requests.clear();
    Fetch.Fetched again = fetch();
    assertThat(again.fetched()).isZero();
    assertThat(again.files()).isEqualTo(2);
    assertThat(hub.requests).containsExactly("hub GET /api/models/org/model/revision/main");
  }

  @Test
  void aBlobOfAnotherRevisionIsLinkedAndNotFetched() throws IOException {
    Files.createDirectories(blob().getParent());
    Files.write(blob(), weights);
    fetch();
    assertThat(hub.asked("store")).isEmpty();
    assertThat(entry("snapshots", COMMIT, WEIGHTS)).hasBinaryContent(weights);
  }

  @Test
  void aBlobOfTheWrongSizeIsReplaced() throws IOException {
    Files.createDirectories(blob().getParent());
    Files.write(blob(), new byte[10]);
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @ParameterizedTest
  @CsvSource({
    "main, main, main",
    "v1.0, v1.0, v1.0",
    "refs/pr/1, refs%2Fpr%2F1, refs/pr/1",
    COMMIT + ", " + COMMIT + ", ''",
    "0123456, 0123456, ''"
  })
  void branchesAndTagsAreWrittenDownAndHashesAreNot(String revision, String asked, String ref) {
    fetch("org/model@" + revision, Map.of());
    assertThat(hub.asked("GET /api/models/org/model/revision/" + asked)).hasSize(1);
    assertThat(tree(entry()).stream().filter(p -> p.startsWith("refs/")))
        .isEqualTo(ref.isEmpty() ? List.of() : List.of("refs/" + ref));
    assertThat(new HubCache(cache).locate(Path.of("org/model@" + revision)))
        .isEqualTo(entry("snapshots", COMMIT));
  }

  @Test
  void theTokenGoesToTheEndpointAndNowhereElse() {
    fetch("org/model", Map.of("HF_TOKEN", LoopbackHub.TOKEN));
    assertThat(hub.asked("hub ")).isNotEmpty().allMatch(r -> r.contains("+token"));
    assertThat(hub.asked("store ")).isNotEmpty().noneMatch(r -> r.contains("+token"));
  }

  @Test
  void theTokenMayStandInAFile() throws IOException {
    Path home = Files.createDirectories(dir.resolve("hf"));
    Files.writeString(home.resolve("token"), LoopbackHub.TOKEN + "\n");
    fetch("org/model", Map.of("HF_HOME", home.toString()));
    assertThat(hub.asked("hub ")).isNotEmpty().allMatch(r -> r.contains("+token"));
    assertThat(hub.asked("store ")).isNotEmpty().noneMatch(r -> r.contains("+token"));
  }

  @Test
  void aRenamedModelIsFollowedOnTheSameHostWithTheToken() {
    hub.once("hub GET api", LoopbackHub.status(307, "Location", "/api/models/new/name"));
    fetch("org/model", Map.of("HF_TOKEN", LoopbackHub.TOKEN));
    assertThat(hub.asked("GET /api/models/new/name +token")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://name:word@127.0.0.1/x",
        "http://127.0.0.1.example.org/x",
        "http://[::1]:bad/",
        "http://169.254.169.254/latest"
      })
  void redirectsToElsewhereThanASafeAddressAreRefused(String location) {
    hub.once("hub GET api", LoopbackHub.status(302, "Location", location));
    assertThat(refusal(Map.of())).contains("127.0.0.1", "redirects to");
    assertThat(hub.requests).hasSize(1);
    assertThat(cache).doesNotExist();
  }

  @Test
  void redirectsInACircleEnd() {
    hub.always("hub GET api", LoopbackHub.status(302, "Location", "/api/round"));
    assertThat(refusal(Map.of())).contains("redirects more than 5 times");
  }

  @Test
  void aCutConnectionIsContinuedWhereItBroke() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_500_000));
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
    List<String> parts = hub.asked("store GET");
    assertThat(parts).hasSize(3);
    assertThat(parts.get(0)).doesNotContain("bytes=");
    assertThat(parts.get(1)).matches(".* bytes=\\d{5,7}- if \"store-1\"");
    assertThat(parts.get(2)).matches(".* bytes=\\d{5,7}- if \"store-1\"");
    assertThat(waits).hasSize(2);
    // Each attempt asks the hub for a fresh address, since those of a store expire.
    assertThat(hub.asked("hub GET", WEIGHTS)).hasSize(3);
  }

  @Test
  void anAddressOfTheStoreThatHasExpiredIsAskedForAgain() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.status(403));
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void aStoreThatHasAnotherVersionSendsAllOfItAgain() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.getResponseHeaders().set("ETag", "\"store-2\"");
          LoopbackHub.whole(e, content);
        });
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void aStoreThatIgnoresRangesSendsAllOfItAgain() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once("store GET " + WEIGHTS, LoopbackHub.body(weights));
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 5-2999999/3000000", "bytes 0-9/10", "nonsense", ""})
  void aPartThatDoesNotFitIsThrownAway(String range) {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.getResponseHeaders().set("Content-Range", range);
          e.sendResponseHeaders(206, 10);
          e.getResponseBody().write(new byte[10]);
        });
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void a416StartsAgain() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once("store GET " + WEIGHTS, LoopbackHub.status(416));
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void whatAnEarlierProcessLeftIsContinued() throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), Arrays.copyOf(weights, 2_000_000));
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
    assertThat(part()).doesNotExist();
    assertThat(hub.asked("store GET")).hasSize(1).allMatch(r -> r.endsWith(" bytes=2000000-"));
  }

  @ParameterizedTest
  @ValueSource(ints = {2_000_000, 3_000_000, 3_000_001})
  void aDamagedLeftoverIsFetchedAfresh(int length) throws IOException {
    Files.createDirectories(part().getParent());
    Files.write(part(), new byte[length]);
    fetch();
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void aConnectionThatIsAlwaysCutEndsAndKeepsWhatCame() {
    hub.always("store GET " + WEIGHTS, LoopbackHub.cutAfter(1000));
    assertThat(refusal(Map.of()))
        .contains(
            "model: 127.0.0.1 should give its files but", "try again later; what has come is kept");
    assertThat(hub.asked("store GET")).hasSize(Patience.ATTEMPTS);
    assertThat(part()).exists();
    assertThat(blob()).doesNotExist();
    assertThat(tree(entry())).noneMatch(p -> p.startsWith("snapshots") || p.startsWith("refs"));
  }

  @Test
  void wrongContentIsDeletedAndNamed() {
    byte[] wrong = weights.clone();
    wrong[1_234_567] ^= 1;
    hub.once("store GET " + WEIGHTS, LoopbackHub.body(wrong));
    assertThat(refusal(Map.of()))
        .contains(
            "model.safetensors: must have the hash " + LoopbackHub.etag(weights, true),
            "what came has " + LoopbackHub.etag(wrong, true) + " and was deleted");
    assertThat(tree(entry())).noneMatch(p -> p.contains(LoopbackHub.etag(weights, true)));
    assertThat(tree(entry())).noneMatch(p -> p.startsWith("snapshots"));
  }

  @Test
  void aSmallFileIsHeldAgainstGitsHash() {
    hub.once("hub GET config.json", LoopbackHub.body(CONFIG.replace('5', '6').getBytes(UTF_8)));
    assertThat(refusal(Map.of())).contains("config.json: must have the hash ", "was deleted");
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  @Test
  void anotherHashBetweenTwoAttemptsIsRefused() {
    hub.once("store GET " + WEIGHTS, LoopbackHub.cutAfter(1_000_000));
    hub.once("hub GET " + WEIGHTS, (e, content) -> e.sendResponseHeaders(302, -1));
    hub.once(
        "hub GET " + WEIGHTS, LoopbackHub.with("X-Linked-Etag", "\"" + "ab".repeat(32) + "\""));
    assertThat(refusal(Map.of())).contains("the hub now says '" + "ab".repeat(32) + "'");
    assertThat(part()).doesNotExist();
    assertThat(blob()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aWrongLengthIsRefused(int more) {
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.sendResponseHeaders(200, content.length + more);
          e.getResponseBody().write(content, 0, content.length + Math.min(0, more));
        });
    assertThat(refusal(Map.of()))
        .contains(more > 0 ? "sends 3,000,001 bytes" : "sends 2,999,999 bytes", "3,000,000");
    assertThat(blob()).doesNotExist();
  }

  @Test
  void aBodyWithoutEndIsCutOff() {
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.sendResponseHeaders(200, 0);
          for (int i = 0; i < 100; i++) {
            e.getResponseBody().write(content);
          }
        });
    assertThat(refusal(Map.of())).contains("sends more than the 3,000,000 bytes");
    assertThat(blob()).doesNotExist();
  }

  @Test
  void aBodyThatFallsSilentIsGivenUpAndContinued() {
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.sendResponseHeaders(200, content.length);
          e.getResponseBody().write(content, 0, 1_000_000);
          e.getResponseBody().flush();
          untilAskedAgain("store GET");
        });
    fetch(hub.settings(cache, Map.of(), SILENCE), "org/model");
    assertThat(blob()).hasBinaryContent(weights);
    // A machine that is busy lets other requests wait as long.
    assertThat(waits).anyMatch(w -> w.startsWith("nothing came for 1.5 s"));
    assertThat(hub.asked("store GET").get(1)).contains(" bytes=");
  }

  @Test
  void aHubThatDoesNotAnswerIsGivenUp() {
    hub.once("hub GET api", (e, content) -> untilAskedAgain("hub GET /api"));
    fetch(hub.settings(cache, Map.of(), SILENCE), "org/model");
    assertThat(waits).isNotEmpty().allMatch(w -> w.endsWith("; asking again"));
  }

  /** Says nothing until the client has given up and comes again. */
  private void untilAskedAgain(String request) {
    while (hub.asked(request).size() < 2) {
      sleep(10);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aBusyHubIsAskedAgain() {
    hub.once("hub GET api", LoopbackHub.status(500));
    hub.once("hub GET api", LoopbackHub.status(429, "Retry-After", "1"));
    hub.once("hub HEAD config.json", LoopbackHub.status(503));
    long start = System.nanoTime();
    fetch();
    assertThat((System.nanoTime() - start) / 1e9).as("Retry-After was 1 s").isGreaterThan(1);
    assertThat(waits).hasSize(3).allMatch(w -> w.endsWith("; asking again"));
  }

  @ParameterizedTest
  @CsvSource({
    "500, '', answers with 500: try again later",
    "429, '', answers with 429: try again later; what has come is kept; the hub serves more with",
    "429, 3600, answers with 429: try again in 3600 s",
    "429, 'Wed, 31 Dec 2200 23:59:59 GMT', answers with 429: try again in "
  })
  void aHubThatStaysBusyIsLeftAlone(int status, String after, String says) {
    hub.always(
        "hub GET api",
        after.isEmpty()
            ? LoopbackHub.status(status)
            : LoopbackHub.status(status, "Retry-After", after));
    assertThat(refusal(Map.of())).contains(says);
    assertThat(hub.requests).hasSize(after.isEmpty() ? Patience.ATTEMPTS : 1);
  }

  @ParameterizedTest
  @CsvSource({
    "401, '', '', does not exist or is private",
    "401, '', hf_x, is not for this token",
    "401, GatedRepo, '', accept it on http://127.0.0.1",
    "403, GatedRepo, hf_x, set HF_TOKEN to a token that may read it",
    "403, '', '', have accepted its licence",
    "404, RepoNotFound, '', check the name on http://127.0.0.1",
    "404, '', '', check the name on http://127.0.0.1",
    "404, RevisionNotFound, '', has no revision 'main'",
    "418, '', '', answers with 418"
  })
  void eachRefusalHasItsRemedy(int status, String code, String token, String says) {
    hub.once("hub GET api", LoopbackHub.status(status, "X-Error-Code", code));
    Map<String, String> environment = token.isEmpty() ? Map.of() : Map.of("HF_TOKEN", token);
    String refusal = refusal(environment).replace("exist, or", "exist or");
    assertThat(refusal).contains(says, "model").doesNotContain("hf_x");
    assertThat(hub.requests).hasSize(1);
    assertThat(cache).doesNotExist();
  }

  @Test
  void aHubThatIsNotThereIsNamed() {
    hub.close();
    assertThat(refusal(Map.of())).contains("127.0.0.1 should give its files but cannot be reached");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "ON", "true", "yes"})
  void offlineMeansNoConnection(String value) {
    assertThat(refusal(Map.of("HF_HUB_OFFLINE", value))).contains("HF_HUB_OFFLINE forbids");
    assertThat(hub.requests).isEmpty();
    assertThat(cache).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../config.json",
        "../../../.ssh/authorized_keys",
        "a/../../config.json",
        "/etc/passwd",
        "..\\\\config.json",
        "a\\u0000.json",
        "a\\u001b[31m.json",
        "",
        "LONG"
      })
  void hostileNamesAreRefused(String name) {
    hub.listed.add(name.equals("LONG") ? "x".repeat(300) + ".json" : name);
    assertThat(refusal(Map.of())).contains("the file name '", "do not use this download");
    assertThat(hub.requests).hasSize(1);
    assertThat(cache).doesNotExist();
  }

  @Test
  void aColonInAnotherFilesNameDoesNoHarm() {
    hub.listed.add("runs/12:30/events");
    assertThat(fetch().files()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | names no commit",
        "{} | names no commit",
        "{\"sha\": \"../../x\"} | names no commit",
        "{\"sha\": 5, \"siblings\": 7} | names no commit",
        "{\"sha\": \"SHA\"} | has no weights",
        "{\"sha\": \"SHA\", \"siblings\": {\"a\": \"b\"}} | the file name",
        "{\"sha\": | must be plain JSON",
        "<html> | must be plain JSON"
      })
  void nonsenseFromTheApiIsRefused(String json, String says) {
    hub.once("hub GET api", LoopbackHub.body(json.replace("SHA", COMMIT).getBytes(UTF_8)));
    assertThat(refusal(Map.of())).contains(says);
    assertThat(cache).doesNotExist();
  }

  @Test
  void hugeJsonIsRefused() {
    hub.once("hub GET api", LoopbackHub.body(new byte[17 << 20]));
    assertThat(refusal(Map.of())).contains("answers with more than 16,777,216 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "X-Linked-Etag, \"abc\", gives no commit",
    "X-Linked-Etag, \"../../../x\", gives no commit",
    "X-Repo-Commit, other, gives no commit",
    "X-Linked-Size, -1, a size that is none",
    "X-Linked-Size, 99999999999999999999, a size that is none"
  })
  void factsThatCannotBeAreRefused(String header, String value, String says) {
    hub.always("hub HEAD " + WEIGHTS, LoopbackHub.with(header, value));
    assertThat(refusal(Map.of())).contains(says);
    assertThat(hub.asked("store")).isEmpty();
  }

  @Test
  void whatTheDiskCannotHoldIsNotBegun() {
    long size = 1L << 49;
    hub.once("hub HEAD " + WEIGHTS, LoopbackHub.with("X-Linked-Size", Long.toString(size)));
    assertThat(refusal(Map.of()))
        .contains("'org/model' needs 562,949,953,421,3", "bytes but the disk has", "make room");
    assertThat(hub.asked("GET", "resolve")).isEmpty();
    assertThat(tree(entry())).isEmpty();
  }

  @Test
  void anIndexBringsItsShards() {
    hub = new LoopbackHub();
    hub.small(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"a\":\"s-1.safetensors\",\"b\":\"s-2.safetensors\",\"c\":\"s-1.safetensors\"}}");
    hub.large("s-1.safetensors", weights).large("s-2.safetensors", new byte[10]);
    hub.large("s-3.safetensors", new byte[11]);
    assertThat(fetch().files()).isEqualTo(3);
    assertThat(tree(entry("snapshots", COMMIT)))
        .containsExactly("model.safetensors.index.json", "s-1.safetensors", "s-2.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "/etc/passwd", "absent.safetensors"})
  void anIndexNamesOnlyWhatTheHubLists(String shard) {
    hub.small("model.safetensors.index.json", "{\"weight_map\":{\"a\":\"" + shard + "\"}}");
    assertThat(refusal(Map.of())).contains("must name files of org/model but names ");
    assertThat(tree(dir)).allMatch(p -> p.startsWith("cache/"));
    assertThat(hub.asked(shard)).isEmpty();
  }

  @Test
  void aFileMayBeNamed() {
    hub.large("a.Q8_0.gguf", new byte[5]).large("a.Q4_0.gguf", new byte[4]);
    fetch("org/model", Map.of(), "*Q8*");
    assertThat(tree(entry("snapshots", COMMIT))).containsExactly("a.Q8_0.gguf", "config.json");
    assertThatThrownBy(() -> fetch("org/model", Map.of(), "*.gguf"))
        .hasMessageContaining("must have one file '*.gguf' but a.Q8_0.gguf, a.Q4_0.gguf");
    assertThatThrownBy(() -> fetch("org/model", Map.of(), "*.pt"))
        .hasMessageContaining("must have a file '*.pt' but has model.safetensors, a.Q8_0.gguf");
    assertThatThrownBy(() -> fetch("org/model", Map.of(), "["))
        .hasMessageContaining("--file: '[' must be a pattern");
  }

  @Test
  void filesInFoldersAreLinkedFromWhereTheyAre() throws IOException {
    hub.large("unet/part/x.safetensors", new byte[6]);
    fetch("org/model", Map.of(), "unet/**");
    Path file = entry("snapshots", COMMIT, "unet", "part", "x.safetensors");
    assertThat(Files.readSymbolicLink(file).toString()).startsWith("../../../../blobs/");
    assertThat(file).hasBinaryContent(new byte[6]);
  }

  /** Somebody who may write to the cache must not make us write elsewhere. */
  @Test
  void linksThatLeadOutOfTheCacheAreNotFollowed() throws IOException {
    Path outside = Files.createDirectories(dir.resolve("outside"));
    for (String folder : new String[] {"blobs", "snapshots", "snapshots/" + COMMIT, "refs", ""}) {
      Path link = folder.isEmpty() ? entry() : entry(folder.split("/", -1));
      if (Files.isDirectory(entry())) {
        try (Stream<Path> old = Files.walk(entry())) {
          old.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        }
      }
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, outside);
      assertThat(refusal(Map.of())).as(folder).contains("is a link that leads outside of it");
      assertThat(tree(outside)).isEmpty();
      Files.delete(link);
    }
    Path target = Files.writeString(outside.resolve("mine"), "mine");
    Files.createDirectories(part().getParent());
    Files.createSymbolicLink(part(), target);
    assertThat(refusal(Map.of())).contains("must be a file but is a link");
    assertThat(target).hasContent("mine");
  }

  @Test
  void aDanglingOrWrongPointerIsReplaced() throws IOException {
    Path snapshot = Files.createDirectories(entry("snapshots", COMMIT));
    Path mine = Files.writeString(dir.resolve("mine"), "mine");
    Files.createSymbolicLink(snapshot.resolve(WEIGHTS), Path.of("../../blobs/gone"));
    fetch();
    assertThat(snapshot.resolve(WEIGHTS)).hasBinaryContent(weights);
    assertThat(mine).hasContent("mine");
  }

  @Test
  void aSecondProcessWaitsForTheFirst() throws Exception {
    Path locks = Files.createDirectories(cache.resolve(".locks/models--org--model"));
    CompletableFuture<Fetch.Fetched> second;
    try (FileChannel channel =
            FileChannel.open(
                locks.resolve("orograph.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      second = CompletableFuture.supplyAsync(this::fetch);
      while (waits.isEmpty()) {
        sleep(10);
      }
      assertThat(hub.asked("resolve")).isEmpty();
      assertThat(second).isNotDone();
    }
    assertThat(second.get().fetched()).isEqualTo(2);
    assertThat(waits).containsExactly("another process is fetching this model");
  }

  @Test
  void twoAtOnceFetchEachFileOnce() {
    CompletableFuture<Fetch.Fetched> other = CompletableFuture.supplyAsync(this::fetch);
    fetch();
    other.join();
    assertThat(hub.asked("store GET")).hasSize(1);
    assertThat(blob()).hasBinaryContent(weights);
  }

  @Test
  void theFirstFailureEndsTheOtherDownloads() {
    AtomicBoolean failed = new AtomicBoolean();
    hub.once("hub GET config.json", (e, content) -> LoopbackHub.body(new byte[19]).on(e, content));
    hub.once(
        "store GET " + WEIGHTS,
        (e, content) -> {
          e.sendResponseHeaders(200, content.length);
          // Byte by byte they would take four hours.
          for (int i = 0; i < content.length && !failed.get(); i++) {
            e.getResponseBody().write(content, i, 1);
            e.getResponseBody().flush();
            sleep(5);
          }
        });
    assertThat(refusal(Map.of())).contains("config.json: must have the hash");
    failed.set(true);
    assertThat(part()).exists();
  }
}
