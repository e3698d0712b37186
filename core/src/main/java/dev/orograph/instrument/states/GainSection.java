package dev.orograph.instrument.states;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.states.GainColumns.Definition;
import dev.orograph.instrument.states.GainColumns.Line;
import dev.orograph.instrument.states.GainFigures.Norms;
import dev.orograph.instrument.states.GainFigures.Stream;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** What the gains of a model say, and whether it fits H25. */
final class GainSection {
  private final Card card;
  private final ReadingSettings settings;
  private final GainFigures r;
  private final List<Finding> findings = new ArrayList<>();

  GainSection(Card card, ReadingSettings settings, GainFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  Section section() {
    String summary = r.fault() == null ? measured() : "Nothing was computed: " + r.fault();
    if (r.fault() != null) {
      findings.add(new Note(card.id() + ".fault", "No forward pass", r.fault()));
    }
    return card.section(summary, findings);
  }

  private String measured() {
    List<Line> lines = new ArrayList<>();
    for (Stream s : r.stacks()) {
      for (Definition d : GainColumns.DEFINITIONS) {
        if (!d.sound() || settings.sound()) {
          List<Double> values =
              s.prompts().stream().map(p -> d.of().apply(p, s)).filter(Objects::nonNull).toList();
          lines.add(new Line(s, d, values));
        }
      }
    }
    List<String> sentences = new ArrayList<>();
    for (Line line : lines) {
      if (!line.values().isEmpty()) {
        sentences.add(scalar(line));
      }
    }
    Stream first = r.stacks().get(0);
    String rho =
        "rho = "
            + first.heads()
            + " / ("
            + first.dModel()
            + " / "
            + first.heads()
            + ") = "
            + Spelling.number(first.rho())
            + ", for which H25 predicts "
            + GainColumns.predicted(first)
            + (first.after()
                ? "; but norms stand behind the sums here, so that this is no residual gain."
                : "; from one model it cannot be decided.");
    findings.add(Scalar.plain(card.id() + ".rho", "heads over their width", first.rho(), "1", rho));
    findings.add(definitions(lines));
    r.stacks().forEach(s -> findings.add(norms(s)));
    findings.add(perPrompt());
    r.stacks().forEach(s -> findings.add(layers(s)));
    notes();
    return sentences.isEmpty()
        ? "No prompt gave finite norms. " + rho
        : sentences.get(settings.sound() ? Math.min(2, sentences.size() - 1) : 0) + " " + rho;
  }

  /** The first stack's ids have no name in front. */
  private String id(Stream s) {
    return card.id() + (s.stack().equals(r.stacks().get(0).stack()) ? "." : "." + s.stack() + ".");
  }

  private String of(Stream s) {
    return r.stacks().size() > 1 ? ", " + s.stack() : "";
  }

  private String scalar(Line line) {
    Estimate e = Samples.meanOf(line.values());
    String sentence =
        "Gain '"
            + line.d().id()
            + "'"
            + of(line.s())
            + " ("
            + line.d().about()
            + "): "
            + Spelling.number(e.value())
            + (e.interval() == null
                ? ""
                : " ("
                    + Spelling.number(e.interval().get(0))
                    + " to "
                    + Spelling.number(e.interval().get(1))
                    + ")")
            + " over "
            + line.values().size()
            + " prompts, "
            + line.verdict()
            + (line.verdict().equals(GainColumns.UNDECIDED) ? ", since the interval holds 1" : "")
            + "; no null exists for a single model.";
    findings.add(
        Scalar.of(
            id(line.s()) + line.d().id(),
            "gain " + line.d().id().replace('_', ' ') + of(line.s()),
            settings.sound() ? e : Estimate.of(e.value()),
            line.d().sound() ? null : e.value(),
            "1",
            null,
            sentence));
    return sentence;
  }

  private Table definitions(List<Line> lines) {
    return Table.of(GainColumns.H25, "Three gains and H25", GainColumns.columns(), lines);
  }

  private static List<Double> places(int n) {
    return IntStream.range(0, n).mapToObj(i -> (double) i).toList();
  }

  private static Double mean(Stream s, java.util.function.Function<Norms, Double> of) {
    List<Double> values = s.prompts().stream().map(of).filter(Objects::nonNull).toList();
    return values.isEmpty() ? null : Samples.mean(values);
  }

  private static Double median(Stream s, java.util.function.Function<Norms, Double> of) {
    List<Double> values = s.prompts().stream().map(of).filter(Objects::nonNull).toList();
    return values.isEmpty() ? null : Samples.median(values);
  }

  private static Double rest(Norms n, int block) {
    return n.rest().isEmpty() ? null : n.rest().get(block);
  }

  private Curve norms(Stream s) {
    int last = s.layers();
    List<Curve.Line> ratios = new ArrayList<>();
    ratios.add(
        new Curve.Line(
            "last token", places(last), each(last, b -> mean(s, n -> n.gain(b))), false));
    if (settings.sound()) {
      ratios.add(
          new Curve.Line(
              "positions from 1 on",
              places(last),
              each(last, b -> mean(s, n -> rest(n, b))),
              false));
    }
    List<Double> at = new ArrayList<>();
    List<Double> seed = new ArrayList<>();
    // In the library's tuple the last step spans the final norm too, where there is one.
    at.add(last - 1.0);
    seed.add(mean(s, n -> n.withFinalNorm(s)));
    if (last > 1) {
      at.add(0, last - 2.0);
      seed.add(0, mean(s, n -> n.seed004(s)));
    }
    ratios.add(new Curve.Line("seed: h[-2] / h[-3], h[-1] / h[-2]", at, seed, true));
    List<Curve.Line> lengths = new ArrayList<>();
    lengths.add(
        new Curve.Line(
            "last token",
            places(last + 1).stream().map(x -> x - 1).toList(),
            each(last + 1, b -> mean(s, n -> n.last().get(b))),
            false));
    lengths.add(
        new Curve.Line(
            "position 0",
            places(last + 1).stream().map(x -> x - 1).toList(),
            each(last + 1, b -> mean(s, n -> n.first().get(b))),
            false));
    return new Curve(
        id(s) + "curve",
        "Norm and gain by block" + of(s),
        Axis.linear("block"),
        Axis.log("norm, or ratio of norms"),
        List.of(
            new Curve.Panel("gain of the block", ratios, List.of()),
            new Curve.Panel("norm behind the block (-1: before the first)", lengths, List.of())),
        "Above 1 a block lengthens the stream. Hollow: what seed 004 reads at the end of the"
            + " library's tuple, where the last step also spans the final norm.");
  }

  private static List<Double> each(int n, java.util.function.IntFunction<Double> of) {
    return IntStream.range(0, n).mapToObj(of).toList();
  }

  private Table layers(Stream s) {
    return Table.of(
        id(s) + "layers",
        "Gain by block" + of(s),
        List.of(
            new Column<Integer>("layer", "block", b -> (long) b),
            new Column<>("stack", "which stack", b -> s.stack()),
            new Column<>("gain", "last token, mean over prompts", b -> mean(s, n -> n.gain(b))),
            new Column<>(
                "median", "last token, median over prompts", b -> median(s, n -> n.gain(b))),
            new Column<>(
                "gain_without_first",
                "mean over positions from 1 on, then over prompts",
                b -> mean(s, n -> rest(n, b))),
            new Column<>(
                "norm", "behind the block, last token", b -> mean(s, n -> n.last().get(b + 1))),
            new Column<>(
                "norm_first",
                "behind the block, position 0",
                b -> mean(s, n -> n.first().get(b + 1)))),
        IntStream.range(0, s.layers()).boxed().toList());
  }

  private record Row(Stream s, Norms n) {}

  private Table perPrompt() {
    List<Row> rows = new ArrayList<>();
    r.stacks().forEach(s -> s.prompts().forEach(n -> rows.add(new Row(s, n))));
    return Table.of(
        card.id() + ".prompts",
        "Gains of each prompt",
        List.of(
            new Column<Row>("stack", "which stack", p -> p.s().stack()),
            new Column<>("prompt", "what was read", p -> p.n().name()),
            new Column<>("tokens", "positions", p -> (long) p.n().tokens()),
            new Column<>("with_final_norm", "h[-1] / h[-2]", p -> p.n().withFinalNorm(p.s())),
            new Column<>("seed_004", "h[-2] / h[-3]", p -> p.n().seed004(p.s()), true),
            new Column<>("last_block", "the last block alone", p -> p.n().lastBlock()),
            new Column<>(
                "last_block_without_first",
                "the last block, mean over positions from 1 on",
                p -> rest(p.n(), p.s().layers() - 1))),
        rows);
  }

  private void notes() {
    boolean normed = r.stacks().get(0).normed();
    note(
        "definitions",
        "Which gain is the last block's",
        normed
            ? "The library's hidden_states has layers + 1 entries: what enters the first block, the"
                + " outputs of all blocks but the last, and the last block's output behind the final"
                + " norm. h[-2] is therefore the output of the last block but one, and seed 004's"
                + " 'correct' gain h[-2] / h[-3] is that of the last block but one; h[-1] / h[-2]"
                + " spans the last block and the final norm. The last block's own output is not in"
                + " the tuple; last_block takes it from the pass."
            : "This family's hidden_states ends with the last block's output, without a final norm."
                + " So h[-1] / h[-2] is the last block's gain already, and seed 004's h[-2] / h[-3]"
                + " is that of the last block but one.");
    if (r.stacks().stream().anyMatch(Stream::after)) {
      note(
          "norm_after_sum",
          "No residual gain",
          "In this family the norms stand behind the sums: what leaves a block has the length that its"
              + " last norm gives it, and the stream is set anew in every block. The ratios of norms"
              + " compare scales of norms; they are no gain of a residual stream, and H25 does not"
              + " speak of them.");
    }
    note(
        "caveats",
        "What stands in for a null",
        "There is no null for the gain of a single model; the spread over prompts is the interval."
            + " rho is confounded with family and depth.");
    if (r.stacks().size() > 1) {
      note(
          "stacks",
          "Two stacks",
          "Ids without a stack's name are the encoder's. "
              + (settings.decoder().isEmpty()
                  ? "The decoder read its start token and then the same ids."
                  : "The decoder read the ids given for it."));
    }
    if (r.drawn()) {
      note(
          "drawn",
          "No texts",
          "There is no tokenizer beside the weights, so ids were drawn evenly from the vocabulary"
              + " by the seed; these are not the reference notebooks' prompts.");
    }
    if (!r.leftOut().isEmpty()) {
      note("left_out", "Prompts left out", String.join(". ", r.leftOut()));
    }
    long broken =
        r.stacks().stream()
            .flatMap(s -> s.prompts().stream())
            .filter(
                n ->
                    java.util.stream.Stream.concat(n.last().stream(), n.first().stream())
                        .anyMatch(Objects::isNull))
            .count();
    if (broken > 0) {
      note("not_finite", "Norms that are not finite", broken + " sequences have some; left out.");
    }
  }

  private void note(String id, String title, String text) {
    findings.add(new Note(card.id() + "." + id, title, text));
  }
}
