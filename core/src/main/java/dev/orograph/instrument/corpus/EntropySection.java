package dev.orograph.instrument.corpus;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.corpus.EntropyFigures.Patch;
import dev.orograph.instrument.corpus.EntropyFigures.Position;
import dev.orograph.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What the entropies of a text say. */
final class EntropySection {
  private static final double BIT = Math.log(2);

  private final Card card;
  private final EntropySettings settings;
  private final EntropyFigures r;

  EntropySection(Card card, EntropySettings settings, EntropyFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  private static Double bits(Double nats) {
    return nats == null ? null : nats / BIT;
  }

  Section section() {
    List<Finding> findings = new ArrayList<>();
    if (r.nats() != null) {
      double most = Math.log((double) r.vocabulary());
      findings.add(mean("bits", "bit", bits(r.nats()), most / BIT));
      findings.add(mean("nats", "nat", r.nats(), most));
    }
    findings.add(plain("threshold", "threshold of a patch", r.threshold(), "nat"));
    findings.add(plain("tokens", r.unit() + "s of the text", r.tokens(), "1"));
    findings.add(plain("count", "patches", r.patches(), "1"));
    double length = r.tokens() / (double) r.patches();
    findings.add(plain("length", r.unit() + "s of a patch, mean", length, "1"));
    findings.add(reading());
    findings.add(course());
    findings.add(patches());
    findings.add(positions());
    if (r.positions() > r.read().size() || r.patches() > r.cut().size()) {
      findings.add(
          new Note(
              "entropy.capped",
              "Not all rows",
              "The tables hold the first "
                  + Text.grouped(Entropy.MOST_ROWS)
                  + " rows; ids, entropies and the starts of patches of all "
                  + Text.grouped(r.positions())
                  + " positions are in arrays/entropy.safetensors."));
    }
    return card.section(summary(length), findings);
  }

  private Scalar mean(String id, String unit, double value, double most) {
    Estimate e = Estimate.of(value);
    String sentence =
        String.format(
            Locale.ROOT,
            "The model's uncertainty of the next %s is %.3f %ss on average; %.3f if it knew nothing.",
            r.unit(),
            value,
            unit,
            most);
    return Scalar.of(
        "entropy." + id,
        "mean entropy in " + unit + "s",
        settings.sound() ? e.from(most) : e,
        null,
        unit,
        null,
        sentence);
  }

  private static Scalar plain(String id, String title, double value, String unit) {
    String of = unit.equals("1") ? "" : " " + unit + "s";
    String sentence =
        Character.toUpperCase(title.charAt(0))
            + title.substring(1)
            + ": "
            + Spelling.number(value)
            + of
            + ".";
    return Scalar.plain("entropy." + id, title, value, unit, sentence);
  }

  private Table reading() {
    return Table.of(
        "entropy.reading",
        "How it was read",
        List.of(
            new Column<EntropyFigures>("source", "what was read", EntropyFigures::source),
            new Column<>("unit", "what a token is", EntropyFigures::unit),
            new Column<>("window", "positions read at once", f -> (long) f.window()),
            new Column<>(
                "overlap",
                "positions of a window that are the end of the one before",
                f -> (long) f.overlap()),
            new Column<>("precision", "of the pass", f -> settings.precision().id()),
            new Column<>("tokenizer", "its fingerprint", EntropyFigures::tokenizer),
            new Column<>("threshold", "nats above which a patch starts", EntropyFigures::threshold),
            new Column<>("reason", "where the threshold comes from", EntropyFigures::reason)),
        List.of(r));
  }

  private Curve course() {
    int first = r.positions() - r.tokens();
    List<Double> x =
        IntStream.range(0, r.course().size())
            .mapToObj(i -> first + (double) i * r.stretch())
            .toList();
    return new Curve(
        "entropy.course",
        "Entropy along the text",
        Axis.linear("position"),
        Axis.linear("nats"),
        List.of(
            new Curve.Panel(
                "mean of " + r.stretch() + " position" + (r.stretch() == 1 ? "" : "s"),
                List.of(
                    new Curve.Line("entropy of the prediction", x, r.course(), false),
                    new Curve.Line(
                        "threshold", x, x.stream().map(v -> r.threshold()).toList(), false)),
                List.of())),
        "Where it is high, the model does not know what comes next; a patch starts above the"
            + " threshold.");
  }

  private Table patches() {
    return Table.of(
        "entropy.patches",
        "Patches",
        List.of(
            new Column<Patch>("position", "its first token, counted from 0", p -> (long) p.from()),
            new Column<>("length", r.unit() + "s", p -> (long) p.length()),
            new Column<>("bits", "entropy of the prediction of its first", p -> bits(p.nats())),
            new Column<>("nats", "the same", Patch::nats),
            new Column<>("text", "what it stands for", Patch::text)),
        r.cut());
  }

  private Table positions() {
    return Table.of(
        "entropy.positions",
        "Positions",
        List.of(
            new Column<Position>("position", "counted from 0", p -> (long) p.at()),
            new Column<>("id", "of the token", p -> (long) p.id()),
            new Column<>("text", "what it stands for", Position::text),
            new Column<>("bits", "entropy of its prediction", p -> bits(p.nats())),
            new Column<>("nats", "the same", Position::nats),
            new Column<>("starts", "whether a patch starts here", Position::starts)),
        r.read());
  }

  private String summary(double length) {
    return Text.grouped(r.tokens())
        + " "
        + r.unit()
        + (r.tokens() == 1 ? "" : "s")
        + (r.nats() == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", %.3f bits (%.3f nats) of entropy per %s",
                bits(r.nats()),
                r.nats(),
                r.unit()))
        + String.format(
            Locale.ROOT,
            "; %s patch%s of %.2f %ss on average, above %.4g nats (%.4g bits; %s).",
            Text.grouped(r.patches()),
            r.patches() == 1 ? "" : "es",
            length,
            r.unit(),
            r.threshold(),
            bits(r.threshold()),
            r.reason())
        + (r.overlap() > 0
            ? " Read in windows of "
                + r.window()
                + " positions, of which "
                + r.overlap()
                + " are the end of the one before."
            : "");
  }
}
