package dev.orograph.samples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Hashing;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Transformer;
import dev.orograph.samples.Course.Told;
import dev.orograph.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Measures the stored weights of a finished sample on what was held out of its training, and writes
 * {@code evaluation.json} and the card beside them.
 *
 * @param sample which
 * @param folder of the checkpoint
 * @param seed of its training
 * @param threads that compute
 * @param told the text that is held out from
 * @param stop asked between batches
 */
record Evaluation(
    Sample sample, Path folder, long seed, int threads, Told told, BooleanSupplier stop) {
  private static final long LARGEST_LOG = 1 << 20;

  /**
   * Measures and writes.
   *
   * @throws InputException where nothing is there, or it is of another training
   * @throws java.util.concurrent.CancellationException where it was stopped
   */
  void run(Corpus<Synset> synsets, Corpus<String> lines) {
    JsonNode log = BoundedJson.read(folder.resolve(Folder.LOG), LARGEST_LOG);
    requireOwn(log);
    System.out.println(sample.id() + ": measuring what it can do ...");
    long begun = System.nanoTime();
    try (Model model = Model.open(folder);
        Transformer transformer = Transformer.load(model)) {
      transformer.threads(threads);
      Likelihood likelihood = new Likelihood(transformer, stop);
      Lessons lessons = new Lessons(model.tokenizer().orElseThrow(this::noTokenizer), sample);
      Findings findings =
          sample.pairs()
              ? new LemmaTrial(likelihood, lessons, seed).run(synsets)
              : new TextTrial(likelihood, lessons, seed).run(lines);
      double seconds = (System.nanoTime() - begun) * 1e-9;
      ObjectNode n = json(findings, log, Math.round(seconds));
      Folder.json(folder.resolve(Folder.EVALUATION), n);
      write(new Card(sample, model, log, findings).text());
      System.out.printf(Locale.ROOT, "%s: measured in %.0f s%n", sample.id(), seconds);
    }
  }

  private InputException noTokenizer() {
    return InputException.at(folder)
        .expected("must have a tokenizer")
        .found("has none")
        .remedy("train it again")
        .build();
  }

  /** With another seed or text, what is held out here was learned there. */
  private void requireOwn(JsonNode log) {
    require("seed", Long.toString(seed), log.path("seed").asText());
    require("text_sha256", told.textSha256(), log.path("text_sha256").asText());
    require(
        Folder.WEIGHTS,
        Hashing.file(folder.resolve(Folder.WEIGHTS)),
        log.path("sha256").path(Folder.WEIGHTS).asText());
    if (!log.path("held_out_loss_float32").isNumber()) {
      throw refused("held_out_loss_float32", "must be a number", "it is not");
    }
  }

  private void require(String key, String here, String there) {
    if (!here.equals(there)) {
      throw refused(key, "says '" + there + "'", "here it is '" + here + "'");
    }
  }

  private InputException refused(String key, String expected, String found) {
    return InputException.at(folder.resolve(Folder.LOG))
        .place(key)
        .expected(expected)
        .found(found)
        .remedy("give seed and text of its training, or train it again")
        .build();
  }

  private ObjectNode json(Findings findings, JsonNode log, long seconds) {
    ObjectNode n = Folder.JSON.createObjectNode();
    n.put("sample", sample.id()).put("program", Survey.VERSION);
    n.put("command", "samples/train --evaluate --only " + sample.id() + " --seed " + seed);
    n.put("seed", seed).put("text", told.text()).put("seconds", seconds);
    n.set("weights_sha256", log.path("sha256").path(Folder.WEIGHTS));
    ArrayNode contests = n.putArray("contests");
    findings.contests().forEach(c -> c.into(contests));
    ObjectNode rounding = n.putObject("rounding_to_bf16");
    rounding.set("held_out_loss_float32", log.path("held_out_loss_float32"));
    rounding.put("held_out_loss_stored", findings.loss());
    ObjectNode facts = n.putObject("facts");
    findings.facts().forEach((name, value) -> facts.putPOJO(name, value));
    findings.methods().forEach(n.putArray("methods")::add);
    findings.limits().forEach(n.putArray("limits")::add);
    return n;
  }

  private void write(String card) {
    try {
      Files.writeString(folder.resolve(Folder.CARD), card);
    } catch (IOException e) {
      throw InputException.unwritable(folder.resolve(Folder.CARD), e);
    }
  }
}
