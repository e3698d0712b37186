package dev.orograph.model;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A trained model that is published as a Maven artifact: on first use Maven is run to bring it, in
 * a version that is fixed here; its files are unpacked into a folder of the user, checked against
 * their hashes, and from then on no connection is needed. The folder is there whole or not at all;
 * of several processes one brings it and the others wait.
 *
 * @param name of the folder
 * @param title what the model is called, and its licence
 * @param artifact {@code group:name:version}
 * @param files what it holds
 */
record MavenModel(String name, String title, String artifact, List<Member> files) {
  /** The system property that says in which folder such models are kept. */
  static final String PLACE = "orograph.models";

  /** The system property that says how Maven is called. */
  static final String COMMAND = "orograph.mvn";

  private static final String WAITING = "waiting for another process, which brings the same model";
  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
  private static final int LAST_LINES = 40;
  private static final int BUFFER = 1 << 16;
  private static final long TICK_MILLIS = 1000;

  private static volatile Consumer<String> heard = line -> {};

  /**
   * A file of the model.
   *
   * @param entry what it is called in the artifact
   * @param file what it is called in the folder
   * @param size bytes
   * @param sha256 of its content
   */
  record Member(String entry, String file, long size, String sha256) {}

  /** Who is told, a line at a time, while a model is brought; "" when it is done. */
  static void tell(Consumer<String> listener) {
    heard = listener;
  }

  /** The folder in which such models are kept: of the user's caches, one of our own. */
  static Path usual() {
    String place = System.getProperty(PLACE, "");
    if (!place.isEmpty()) {
      return Path.of(place);
    }
    String caches = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
    Path home = Path.of(System.getProperty("user.home", "."));
    return (caches.isEmpty() ? home.resolve(".cache") : Path.of(caches))
        .resolve("orograph")
        .resolve("models");
  }

  /**
   * The folder of the model within another; brought where it is not there.
   *
   * @throws InputException where Maven is not there, cannot bring it, or what it brought is not
   *     what it should be; where the folder cannot be written
   */
  Path locate(Path models) {
    Path folder = models.resolve(name);
    if (Files.isDirectory(folder)) {
      check(folder);
      return folder;
    }
    try {
      Disk.folder(models);
      try (FileChannel lock =
          Disk.lock(models.resolve("." + name + ".lock"), () -> heard.accept(WAITING)).channel()) {
        if (lock.isOpen() && !Files.isDirectory(folder)) {
          bring(models, folder);
        }
      }
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
    check(folder);
    return folder;
  }

  /** What is cheap to see of a file that was changed; its hash was checked when it came. */
  private void check(Path folder) {
    for (Member member : files) {
      Path file = folder.resolve(member.file);
      try {
        if (Files.size(file) == member.size) {
          continue;
        }
      } catch (IOException e) {
        // Said below.
      }
      throw InputException.at(file)
          .place("of " + title)
          .expected("must be as it came, of " + Text.grouped(member.size) + " bytes,")
          .found("was changed or is gone")
          .remedy("remove the folder " + folder + ", so that it is brought again")
          .build();
    }
  }

  private void bring(Path models, Path folder) throws IOException {
    Path part = models.resolve("." + name + ".part");
    Disk.delete(part);
    Disk.folder(part);
    try {
      maven(part);
      Path jar = part.resolve(artifact.split(":", -1)[1] + ".jar");
      for (Member member : files) {
        unpack(jar, member, part.resolve(member.file));
      }
      Disk.delete(jar);
      String source = title + "\nfrom Maven: " + artifact + "\n";
      Disk.write(part.resolve("SOURCE.txt"), source.getBytes(StandardCharsets.UTF_8));
      Disk.rename(part, folder);
    } finally {
      heard.accept("");
      Disk.delete(part);
    }
  }

  /** Runs Maven, which leaves the artifact in a folder under its name without the version. */
  private void maven(Path into) {
    String command = System.getProperty(COMMAND, "");
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    String mvn = !command.isEmpty() ? command : windows ? "mvn.cmd" : "mvn";
    Deque<String> last = new ArrayDeque<>();
    Process process = null;
    try {
      process =
          new ProcessBuilder(
                  mvn,
                  "--batch-mode",
                  COPY,
                  "-Dartifact=" + artifact,
                  "-DoutputDirectory=" + into.toAbsolutePath(),
                  "-Dmdep.stripVersion=true")
              .directory(into.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      Thread reader = reader(process, last);
      long start = System.nanoTime();
      do {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        heard.accept(
            String.format(
                Locale.ROOT,
                "bringing %s (%,d MB) with Maven, once; %d s",
                title,
                files.stream().mapToLong(Member::size).sum() / 1_000_000,
                seconds));
      } while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS));
      reader.join();
      if (process.exitValue() != 0) {
        throw failed(last);
      }
    } catch (IOException e) {
      throw needs()
          .found("the command '" + mvn + "' cannot be run")
          .remedy("install Maven, or give the path of a model instead of this name")
          .cause(e)
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw needs().found("it was interrupted").remedy("run the same command again").build();
    } finally {
      if (process != null) {
        process.destroy();
      }
    }
  }

  private static Thread reader(Process process, Deque<String> last) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line; (line = lines.readLine()) != null; ) {
                  last.add(line);
                  if (last.size() > LAST_LINES) {
                    last.remove();
                  }
                }
              } catch (IOException e) {
                last.add("its output could not be read: " + e.getMessage());
              }
            },
            "maven-output");
    reader.setDaemon(true);
    reader.start();
    return reader;
  }

  private InputException.Builder needs() {
    return InputException.at(Path.of("sample:" + name))
        .expected("needs Maven to bring " + artifact + " on first use");
  }

  private InputException failed(Deque<String> last) {
    String why =
        last.stream()
            .filter(line -> line.startsWith("[ERROR]"))
            .map(line -> line.substring("[ERROR]".length()).strip())
            .filter(line -> !line.isEmpty())
            .findFirst()
            .orElse(last.isEmpty() ? "it said nothing" : last.getLast());
    return needs()
        .found("it failed: " + why)
        .remedy(
            "connect to the network (or set Maven's mirror and proxy in its settings.xml) and run"
                + " the same command again; once it is there, no connection is needed")
        .build();
  }

  private void unpack(Path jar, Member member, Path file) throws IOException {
    MessageDigest digest = sha256();
    long written = 0;
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(member.entry);
      if (entry == null) {
        throw other(member, "there is none in it");
      }
      heard.accept("unpacking " + member.file + " of " + title);
      try (InputStream in = zip.getInputStream(entry);
          Disk.Part part = Disk.part(file);
          OutputStream out = new DigestOutputStream(part.stream(), digest)) {
        byte[] buffer = new byte[BUFFER];
        for (int n; written <= member.size && (n = in.read(buffer)) > 0; written += n) {
          out.write(buffer, 0, n);
        }
        part.publish();
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (written != member.size || !found.equals(member.sha256)) {
      throw other(member, "has " + Text.grouped(written) + " bytes with " + found);
    }
  }

  private InputException other(Member member, String found) {
    return InputException.at(Path.of("sample:" + name))
        .place(Text.quoted(member.entry) + " of " + artifact)
        .expected(
            "must have " + Text.grouped(member.size) + " bytes with the sha256 " + member.sha256)
        .found(found)
        .remedy("remove it from Maven's repository, and ask its mirror why it is another file")
        .build();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The models, by the names that stand behind {@code sample:}. */
  static final Map<String, MavenModel> ALL =
      Map.of(
          "minilm",
          of(
              "minilm",
              "all-MiniLM-L6-v2 (Apache-2.0)",
              "all-minilm-l6-v2:1.7.1-beta14",
              "all-minilm-l6-v2",
              90_984_153,
              "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4",
              742_346,
              "754fbace50a65eb13073189fde35f561d96d630920b6a65bbf8dbadf9a4896c3"),
          "bge-small",
          of(
              "bge-small",
              "bge-small-en-v1.5 (MIT)",
              "bge-small-en-v15:0.36.2",
              "bge-small-en-v1.5",
              133_093_490,
              "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
              711_396,
              "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"),
          "e5-small",
          of(
              "e5-small",
              "e5-small-v2 (MIT)",
              "e5-small-v2:0.36.2",
              "e5-small-v2",
              133_093_467,
              "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0",
              711_396,
              "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"));

  private static MavenModel of(
      String name,
      String title,
      String artifact,
      String stem,
      long size,
      String sha256,
      long tokenizerSize,
      String tokenizerSha256) {
    return new MavenModel(
        name,
        title,
        "dev.langchain4j:langchain4j-embeddings-" + artifact,
        List.of(
            new Member(stem + ".onnx", "model.onnx", size, sha256),
            new Member(
                stem + "-tokenizer.json", "tokenizer.json", tokenizerSize, tokenizerSha256)));
  }
}
