package dev.orograph.model;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.model.RandomCheckpoint.Shape;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The checkpoints that come along, and trained models that Maven brings on first use, by names that
 * stand wherever a model is named.
 *
 * <p>The system property {@value #PLACE} says where the folder {@code samples} of the sources lies;
 * {@code ./orograph} sets it. Those that were trained are folders in its {@code checkpoints}. The
 * untrained are what their trainings began from: made when first asked for, under its {@code
 * target}, checked against their hash whenever they are asked for, and with the tokenizer of the
 * trained one beside them.
 *
 * <p>Models that Maven brings are kept in {@code orograph/models} of the user's caches ({@code
 * XDG_CACHE_HOME}, else {@code ~/.cache}), or where the system property {@code orograph.models}
 * says.
 */
public enum BundledCheckpoint {
  /** A T5, trained from glosses of WordNet to their lemmas. */
  T5("t5", null),
  /** A language model of WordNet's lines. */
  LM("lm", null),
  /** A language model of the bytes of the same lines. */
  BYTES("bytes", null),
  /** {@link #T5} before its training. */
  T5_UNTRAINED("t5", Shape.SAMPLE_T5),
  /** {@link #LM} before its training. */
  LM_UNTRAINED("lm", Shape.SAMPLE_LM),
  /** all-MiniLM-L6-v2, a BERT of 22.7 M parameters; brought by Maven. */
  MINILM("minilm"),
  /** bge-small-en-v1.5, a BERT of 33.2 M parameters; brought by Maven. */
  BGE_SMALL("bge-small"),
  /** e5-small-v2, a BERT of 33.2 M parameters; brought by Maven. */
  E5_SMALL("e5-small");

  /** The system property that says where the folder {@code samples} lies. */
  public static final String PLACE = "orograph.samples";

  private static final String PREFIX = "sample:";
  private static final String WEIGHTS = "model.safetensors";
  private static final List<String> TOKENIZER =
      List.of("spiece.model", "tokenizer.model", "tokenizer_config.json");

  private final String trained;
  private final Shape shape;
  private final boolean brought;

  BundledCheckpoint(String trained, Shape shape) {
    this.trained = trained;
    this.shape = shape;
    this.brought = false;
  }

  BundledCheckpoint(String brought) {
    this.trained = brought;
    this.shape = null;
    this.brought = true;
  }

  /** Whether Maven brings it on first use; the others come along. */
  public boolean brought() {
    return brought;
  }

  /**
   * Who is told, a line at a time, while Maven brings a model; the empty line says that it is done.
   */
  public static void tell(Consumer<String> listener) {
    MavenModel.tell(listener);
  }

  /** Its name on the command line. */
  public String id() {
    return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All names, in order. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(BundledCheckpoint::id).toList();
  }

  /**
   * Which one is meant by what was given as a model.
   *
   * @return empty for everything that does not begin like these names, and for what exists as a
   *     file
   * @throws InputException where the name begins so and is none of them
   */
  public static Optional<BundledCheckpoint> of(Path given) {
    String name = given.toString();
    if (!name.startsWith(PREFIX) || Files.exists(given, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(values())
            .filter(b -> b.id().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    InputException.at(given)
                        .expected("should be a checkpoint that comes along")
                        .found("there are only " + String.join(", ", ids()))
                        .remedy("write one of these")
                        .build()));
  }

  /**
   * The folder in which it lies; an untrained one is made where it is missing, one that Maven
   * brings is brought.
   *
   * @throws InputException where the folder is not known or not there, an untrained one is not what
   *     it should be, or Maven does not bring one
   */
  public Path locate() {
    if (brought) {
      return MavenModel.ALL.get(trained).locate(MavenModel.usual());
    }
    String samples = System.getProperty(PLACE, "");
    if (samples.isEmpty()) {
      throw InputException.at(Path.of(id()))
          .expected("lies in the folder 'samples' of the program's sources")
          .found("where that is was not told")
          .remedy(
              "start the program with ./orograph, or with java -D"
                  + PLACE
                  + "=FOLDER, or give the path of a checkpoint instead of this name")
          .build();
    }
    Path folder = Path.of(samples, "checkpoints", trained);
    if (!Files.isDirectory(folder)) {
      throw InputException.at(Path.of(id()))
          .expected("needs the folder " + folder)
          .found("it is not there")
          .remedy("get the sources again, or train it: samples/train --only " + trained)
          .build();
    }
    return shape == null ? folder : untrained(Path.of(samples, "target"), folder);
  }

  /**
   * The folder of a model that Maven brings, within a folder of one's own.
   *
   * @param models where such models are kept
   * @throws InputException where Maven does not bring it
   * @throws IllegalStateException for one that comes along
   */
  public Path locate(Path models) {
    if (!brought) {
      throw new IllegalStateException(id() + " comes along");
    }
    return MavenModel.ALL.get(trained).locate(models);
  }

  private Path untrained(Path target, Path folder) {
    Path made = target.resolve(trained + "-untrained");
    try {
      if (!Files.exists(made)) {
        make(made);
      }
      check(made, "remove the folder " + made + ", so that it is made anew");
      for (String file : TOKENIZER) {
        copy(folder.resolve(file), made.resolve(file));
      }
    } catch (IOException e) {
      throw InputException.unwritable(made, e);
    }
    return made;
  }

  /** Under another name first, so that nobody finds half of it. */
  private void make(Path made) throws IOException {
    Path part = temporary(made);
    try {
      RandomCheckpoint.write(shape, RandomCheckpoint.SAMPLE_SEED, part);
      check(
          part,
          "this Java on this processor computes other numbers than those that the training began"
              + " from, so figures cannot be compared; try another Java");
      Disk.rename(part, made);
    } catch (FileSystemException e) {
      if (!Files.exists(made)) {
        throw e;
      }
      // Another process was first.
    } finally {
      Disk.delete(part);
    }
  }

  /** It is made from numbers alone, so there is one right content. */
  private void check(Path folder, String remedy) throws IOException {
    Path weights = folder.resolve(WEIGHTS);
    String found = Hashing.file(weights);
    if (!found.equals(shape.sha256())) {
      throw InputException.at(weights)
          .place("of " + id())
          .expected("must have the sha256 " + shape.sha256())
          .found("has " + found)
          .remedy(remedy)
          .build();
    }
    Path config = folder.resolve(shape.configuration());
    byte[] expected = RandomCheckpoint.configuration(shape);
    if (!Files.isRegularFile(config)
        || Files.size(config) != expected.length
        || !Arrays.equals(Files.readAllBytes(config), expected)) {
      throw InputException.at(config)
          .place("of " + id())
          .expected("must be as it was made")
          .found("was changed")
          .remedy(remedy)
          .build();
    }
  }

  /** Copies a file that is there and not the same already. */
  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(from) && !(Files.exists(to) && Files.mismatch(from, to) < 0)) {
      Disk.writeUnforced(to, Files.readAllBytes(from));
    }
  }

  private static Path temporary(Path made) {
    return made.resolveSibling(made.getFileName() + "." + UUID.randomUUID());
  }
}
