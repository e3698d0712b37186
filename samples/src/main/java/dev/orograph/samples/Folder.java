package dev.orograph.samples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Hashing;
import dev.orograph.input.InputException;
import dev.orograph.survey.Machine;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Writes the folder of a finished sample in the layout of the Hugging Face hub. */
final class Folder {
  /** How it was trained. */
  static final String LOG = "training.json";

  /** What it was measured to do. */
  static final String EVALUATION = "evaluation.json";

  /** Both in words. */
  static final String CARD = "README.md";

  static final String WEIGHTS = "model.safetensors";

  /** Files that are about the checkpoint instead of being part of it. */
  private static final Set<String> ABOUT = Set.of(LOG, Curve.NAME, EVALUATION, CARD);

  static final ObjectMapper JSON = new ObjectMapper();

  private Folder() {}

  /** The tokenizer's files; none for bytes, which the configuration declares. */
  static void tokenizer(Sample sample, Path pieces, Path folder) {
    if (sample.pieces().isEmpty()) {
      return;
    }
    copy(pieces, folder.resolve(sample.pieces()));
    ObjectNode n = JSON.createObjectNode();
    boolean t5 = sample.pairs();
    n.put("tokenizer_class", t5 ? "T5Tokenizer" : "LlamaTokenizer");
    n.put("pad_token", "<pad>").put("eos_token", "</s>").put("unk_token", "<unk>");
    if (t5) {
      n.put("extra_ids", 0);
      n.putArray("additional_special_tokens");
    } else {
      n.put("bos_token", "<s>").put("add_bos_token", true).put("add_eos_token", false);
    }
    n.put("legacy", false);
    n.put("model_max_length", 512);
    json(folder.resolve("tokenizer_config.json"), n);
  }

  /**
   * What a model is: weights, configuration, tokenizer.
   *
   * @param weights the rounded weights, which are moved
   */
  static void model(Course course, Path weights, Path out) {
    Sample sample = course.sample();
    Path initial = course.work().resolve("initial");
    try {
      Files.createDirectories(out);
      copy(weights, out.resolve(WEIGHTS));
      Files.delete(weights);
      String configuration = sample.shape().configuration();
      ObjectNode config = (ObjectNode) JSON.readTree(initial.resolve(configuration).toFile());
      if (config.has("torch_dtype")) {
        config.put("torch_dtype", "bfloat16");
      }
      json(out.resolve(configuration), config);
      if (!sample.pieces().isEmpty()) {
        copy(initial.resolve(sample.pieces()), out.resolve(sample.pieces()));
        copy(initial.resolve("tokenizer_config.json"), out.resolve("tokenizer_config.json"));
        generation(out, config);
      }
    } catch (IOException e) {
      throw InputException.unwritable(out, e);
    }
  }

  /**
   * Everything but the curve.
   *
   * @param weights the rounded weights, which are moved
   * @param exact held-out loss of the weights before they were rounded
   * @param seconds of training
   */
  static void write(Course course, Path weights, double exact, double seconds) {
    Path out = course.out();
    model(course, weights, out);
    try {
      json(out.resolve(LOG), log(course, exact, seconds));
    } catch (IOException e) {
      throw InputException.unwritable(out, e);
    }
  }

  private static void generation(Path out, ObjectNode config) {
    ObjectNode n = JSON.createObjectNode();
    for (String key :
        List.of("pad_token_id", "bos_token_id", "eos_token_id", "decoder_start_token_id")) {
      if (config.has(key)) {
        n.set(key, config.get(key));
      }
    }
    json(out.resolve("generation_config.json"), n);
  }

  private static ObjectNode log(Course course, double exact, double seconds) throws IOException {
    Sample sample = course.sample();
    ObjectNode n = JSON.createObjectNode();
    n.put("sample", sample.id());
    n.put("command", course.told().command());
    n.put("text", course.told().text()).put("text_sha256", course.told().textSha256());
    n.put("program", Survey.VERSION);
    n.put("seed", course.seed()).put("steps", course.steps());
    n.put("sequences_per_step", sample.batch()).put("tokens_per_sequence", sample.length());
    n.put("batches_dealt_by_length", sample.pool());
    n.put("recipe", sample.recipe(course.steps()).toString());
    n.put("seconds", Math.round(seconds)).put("threads", course.threads());
    n.put("held_out_loss_float32", exact);
    n.set("machine", Machine.describe().put("kernels", Machine.kernels(true)));
    ObjectNode sums = n.putObject("sha256");
    sums.put("initial model.safetensors", Hashing.file(initial(course)));
    try (Stream<Path> files = Files.list(course.out())) {
      files
          .filter(f -> !ABOUT.contains(f.getFileName().toString()))
          .sorted()
          .forEach(f -> sums.put(f.getFileName().toString(), Hashing.file(f)));
    }
    if (!course.snapshots().isEmpty()) {
      ObjectNode steps = n.putObject("sha256_by_step");
      for (long at : course.snapshots()) {
        Path file = course.snapshot(at).resolve(WEIGHTS);
        steps.put(Long.toString(at), Hashing.file(file));
      }
    }
    return n;
  }

  private static Path initial(Course course) {
    return course.work().resolve("initial").resolve(WEIGHTS);
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw InputException.unwritable(to, e);
    }
  }

  static void json(Path file, ObjectNode n) {
    try {
      Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(n) + "\n");
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }
}
