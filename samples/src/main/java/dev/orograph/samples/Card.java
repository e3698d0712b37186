package dev.orograph.samples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.Text;
import dev.orograph.lexicon.WordNet;
import dev.orograph.model.Model;
import dev.orograph.samples.Contest.Entrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a checkpoint is, how it was made and what it can do, in Markdown. Every figure comes from
 * its files or from the evaluation.
 *
 * @param sample which
 * @param model as stored
 * @param log of its training
 * @param findings of the evaluation
 */
record Card(Sample sample, Model model, JsonNode log, Findings findings) {
  /** The whole card. */
  String text() {
    List<String> lines = new ArrayList<>();
    boolean wordNet = log.path("text").asText(WORDNET).startsWith(WORDNET);
    lines.addAll(
        List.of(
            "---",
            "language: en",
            "license: other",
            "license_name: " + (wordNet ? "wordnet-3.0" : "that-of-the-text"),
            "---",
            "",
            "# Orograph sample: " + sample.id(),
            "",
            about(),
            "",
            "| | |",
            "|---|---|"));
    row(lines, "parameters", format("%,d", model.count()));
    model.spec().facts().forEach((name, value) -> row(lines, name, value));
    row(lines, "family", model.spec().family());
    lines.addAll(List.of("", "## What it can do", ""));
    lines.add("Stored weights, on what was held out of training and of the tokenizer.");
    findings.contests().forEach(c -> contest(lines, c));
    rounding(lines);
    lines.addAll(List.of("", "How it was measured:", ""));
    findings.methods().forEach(m -> lines.add("- " + m));
    findings
        .facts()
        .forEach((name, value) -> lines.add("- " + capital(name) + ": " + number(value) + "."));
    lines.addAll(List.of("", "## What it cannot do", ""));
    limits(lines);
    lines.addAll(List.of("", "## How it was made", "", "| | |", "|---|---|"));
    training(lines);
    lines.addAll(List.of("", "SHA-256:", "", "| file | |", "|---|---|"));
    log.path("sha256").properties().forEach(e -> row(lines, e.getKey(), e.getValue().asText()));
    lines.addAll(List.of("", "## Licence", ""));
    if (wordNet) {
      lines.add("It was made from WordNet 3.0, whose licence this is:");
      lines.addAll(List.of("", "```text", WordNet.licence(), "```"));
    } else {
      lines.add("That of the text that it learned from: " + shown(log.path("text")) + ".");
    }
    return String.join("\n", lines) + "\n";
  }

  private static final String WORDNET = "WordNet 3.0";

  private String about() {
    return switch (sample) {
      case T5 ->
          "A T5 that reads the definition of a word behind the prompt `summarize: ` and writes the"
              + " word: a reverse dictionary.";
      case LM ->
          "A language model in the manner of Llama that writes lines of a dictionary:"
              + " `word (kind): definition; \"example\"`.";
      case BYTES ->
          "A language model of bytes, without a tokenizer, stored in Meta's naming. It writes lines"
              + " of a dictionary: `word (kind): definition; \"example\"`.";
    };
  }

  private static void contest(List<String> lines, Contest c) {
    String format = c.measure().format();
    lines.addAll(
        List.of(
            "",
            "### " + c.title() + format(" (%,d)", c.entries()),
            "",
            "| | "
                + c.measure().unit()
                + " | 95 % | lead of the model, "
                + c.measure().leadUnit()
                + ", 95 % | |",
            "|---|---|---|---|---|"));
    for (Entrant e : c.entrants()) {
      boolean self = e.equals(c.entrants().get(0));
      row(
          lines,
          e.name(),
          format(format, e.value()),
          between(e.interval(), format),
          self ? "" : between(e.lead(), c.measure().leadFormat()),
          self ? "" : e.verdict());
    }
  }

  private static String between(List<Double> interval, String format) {
    return interval == null
        ? "none"
        : format(format, interval.get(0)) + " to " + format(format, interval.get(1));
  }

  private void rounding(List<String> lines) {
    double exact = log.path("held_out_loss_float32").asDouble();
    lines.addAll(
        List.of(
            "",
            format(
                "Rounding the weights to BF16 changed the loss of the entries that training"
                    + " measured with from %.4f to %.4f nats per token (perplexity %.2f to %.2f).",
                exact, findings.loss(), Math.exp(exact), Math.exp(findings.loss()))));
  }

  private void limits(List<String> lines) {
    for (Contest c : findings.contests()) {
      Entrant self = c.entrants().get(0);
      if (c.measure() == Contest.Measure.ACCURACY) {
        lines.add(
            "- "
                + c.title()
                + ": wrong for "
                + format("%.1f", 100 - self.value())
                + " % of the glosses.");
      }
      for (Entrant e : c.entrants()) {
        if (!e.equals(self) && (e.lead() == null || e.lead().get(0) <= 0)) {
          lines.add("- " + c.title() + ": against " + e.name() + ", " + e.verdict() + ".");
        }
      }
    }
    findings.limits().forEach(l -> lines.add("- " + l));
    lines.add(
        "- It learned from at most "
            + log.path("tokens_per_sequence").asInt()
            + " tokens at a time; what it does with longer texts was not trained.");
    lines.add("- It knows no language but that of its text, and nothing newer.");
  }

  private void training(List<String> lines) {
    row(lines, "text", log.path("text").asText(WORDNET));
    row(lines, "command", "`" + shown(log.path("command")) + "`");
    row(lines, "program", "Orograph " + shown(log.path("program")));
    for (String key :
        List.of(
            "seed",
            "steps",
            "sequences_per_step",
            "tokens_per_sequence",
            "batches_dealt_by_length",
            "recipe")) {
      row(lines, key.replace('_', ' '), shown(log.path(key)));
    }
    row(lines, "wall time", format("%,d s", log.path("seconds").asLong()));
    row(lines, "threads", shown(log.path("threads")));
    log.path("machine")
        .properties()
        .forEach(e -> row(lines, "machine, " + e.getKey(), shown(e.getValue())));
  }

  private static String shown(JsonNode n) {
    return Text.whole(n.asText());
  }

  private static void row(List<String> lines, String... cells) {
    lines.add("| " + String.join(" | ", cells) + " |");
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String number(Number n) {
    return n instanceof Double d ? format("%.3f", d) : format("%,d", n.longValue());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
