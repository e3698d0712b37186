package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orograph.finding.Results;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.report.ResultsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole surveys against what they found before, figure by figure: {@code golden/NAME.json.gz},
 * written anew where they differ by {@code -Dgolden.write} (see CONTRIBUTING.md).
 */
@Tag("numeric")
class GoldenResultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WRITE = "golden.write";

  /** What the command line leaves for pieces of its 4 GB. */
  private static final long MEMORY = (4L << 30) - (450L << 20);

  private static String before;
  @TempDir private Path folder;

  @BeforeAll
  static void samples() {
    before = System.getProperty(BundledCheckpoint.PLACE);
    Path here = Path.of("samples");
    Path samples = Files.isDirectory(here) ? here : Path.of("..", "samples");
    System.setProperty(BundledCheckpoint.PLACE, samples.toAbsolutePath().normalize().toString());
  }

  @AfterAll
  static void restore() {
    if (before == null) {
      System.clearProperty(BundledCheckpoint.PLACE);
    } else {
      System.setProperty(BundledCheckpoint.PLACE, before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void asItWas(GoldenModel model) throws IOException {
    JsonNode found = GoldenFile.thinned(survey(model.under(folder)));
    Optional<JsonNode> golden = GoldenFile.read(model.id());
    GoldenComparison comparison =
        GoldenComparison.of(golden.orElse(JSON.createObjectNode()), found);
    if (System.getProperty(WRITE) == null) {
      assertThat(golden).as("the results kept of %s", model.id()).isPresent();
      assertThat(comparison.beyond()).as("%s: %s", model.id(), comparison).isEmpty();
    } else if (!comparison.beyond().isEmpty()) {
      Path file = GoldenFile.write(model.id(), found);
      abort("written: " + file + ", which differed by " + comparison);
    }
  }

  /** Every kind of number, text and list of every finding, one at a time. */
  @Test
  void aPlantedChangeIsFound() throws IOException {
    JsonNode golden = GoldenFile.read(GoldenModel.ODD_T5.id()).orElseThrow();
    List<String> missed = new ArrayList<>();
    int planted = 0;
    for (JsonNode section : golden.get("sections")) {
      for (JsonNode finding : section.get("findings")) {
        Map<String, JsonPointer> places = new TreeMap<>();
        leaves(finding, "", JsonPointer.empty(), places);
        for (JsonPointer place : places.values()) {
          ObjectNode changed = finding.deepCopy();
          plant(changed.at(place.head()), place.last(), finding.at(place));
          planted++;
          if (GoldenComparison.of(finding, changed).beyond().isEmpty()) {
            missed.add(finding.get("id") + " " + place + " " + finding.at(place));
          }
        }
      }
    }
    assertThat(missed).as("changes missed of %d", planted).isEmpty();
    assertThat(planted).isGreaterThan(1000);
  }

  @Test
  void whatIsMissingAddedOrMovedIsFound() throws IOException {
    JsonNode golden = GoldenFile.read(GoldenModel.BERT.id()).orElseThrow();
    List<Consumer<ArrayNode>> edits =
        List.of(
            f -> f.remove(0),
            f -> f.add(f.get(0)),
            f -> f.insert(0, f.remove(1)),
            f -> f.insert(0, ((ObjectNode) f.remove(0)).put("more", 1)),
            f -> f.insert(0, ((ObjectNode) f.remove(0)).without("title")));
    for (Consumer<ArrayNode> edit : edits) {
      JsonNode changed = golden.deepCopy();
      edit.accept((ArrayNode) changed.at("/sections/0/findings"));
      assertThat(GoldenComparison.of(golden, changed).beyond()).isNotEmpty();
    }
    assertThat(GoldenComparison.of(golden, golden.deepCopy()).beyond()).isEmpty();
  }

  @Test
  void aChangeOfWhatIsNotKeptOfALongListIsFound() {
    ArrayNode list = JSON.createArrayNode();
    for (int i = 0; i < 5000; i++) {
      list.add(Math.sin(i));
    }
    JsonNode golden = GoldenFile.thinned(JSON.createObjectNode().set("values", list.deepCopy()));
    JsonNode same = GoldenFile.thinned(JSON.createObjectNode().set("values", list));
    assertThat(GoldenComparison.of(golden, same).beyond()).isEmpty();
    JsonNode other =
        GoldenFile.thinned(
            JSON.createObjectNode().set("values", list.set(17, DoubleNode.valueOf(0.5))));
    assertThat(GoldenComparison.of(golden, other).beyond()).isNotEmpty();
  }

  /** The first of all leaves that have the same names above them. */
  private static void leaves(
      JsonNode node, String key, JsonPointer at, Map<String, JsonPointer> to) {
    node.properties()
        .forEach(
            e -> leaves(e.getValue(), key + "/" + e.getKey(), at.appendProperty(e.getKey()), to));
    for (int i = 0; i < (node.isArray() ? node.size() : 0); i++) {
      // The cells of a row are different figures; the entries of other lists are alike.
      boolean cell = key.equals("/rows") && !node.get(i).isContainerNode();
      leaves(node.get(i), key + (cell ? "/" + i : ""), at.appendIndex(i), to);
    }
    if (!node.isContainerNode() && !node.isNull()) {
      to.putIfAbsent(key, at);
    }
  }

  private static void plant(JsonNode parent, JsonPointer place, JsonNode value) {
    JsonNode planted =
        value.isDouble()
            ? DoubleNode.valueOf(value.doubleValue() + Math.abs(value.doubleValue()) / 2 + 0.5)
            : value.isNumber()
                ? LongNode.valueOf(value.longValue() + 1)
                : TextNode.valueOf(value.asText() + " ");
    if (parent instanceof ArrayNode array) {
      array.set(place.getMatchingIndex(), planted);
    } else {
      ((ObjectNode) parent).set(place.getMatchingProperty(), planted);
    }
  }

  private JsonNode survey(Path model) throws IOException {
    List<String> all = Instruments.ALL.stream().map(i -> i.card().id()).toList();
    Options options = new Options(42, Options.Figures.ALL);
    int threads = Runtime.getRuntime().availableProcessors();
    Path out = folder.resolve("run");
    Survey.Request request =
        new Survey.Request(
            List.of(model), options, all, threads, MEMORY, Optional.of(out), folder, false);
    try (Survey survey = Survey.open(request)) {
      Results results = survey.run((what, piece, done, total, pieces, of) -> {});
      return JSON.readTree(ResultsJson.write(results));
    }
  }
}
