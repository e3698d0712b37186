package dev.orograph.instrument.states;

import dev.orograph.finding.Axis;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.states.StateFigures.Active;
import dev.orograph.instrument.states.StateFigures.Layer;
import dev.orograph.instrument.states.StateFigures.Stack;
import dev.orograph.stats.Estimate;
import dev.orograph.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the hidden states of a model say. */
final class StateSection {
  private final Card card;
  private final ReadingSettings settings;
  private final StateFigures r;
  private final List<Finding> findings = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  StateSection(Card card, ReadingSettings settings, StateFigures r) {
    this.card = card;
    this.settings = settings;
    this.r = r;
  }

  Section section() {
    if (r.fault() != null) {
      note("fault", "No forward pass", r.fault());
      sentences.add("Nothing was computed: " + r.fault());
    } else if (r.stacks().isEmpty()) {
      note("empty", "No sequence could be read", String.join(". ", r.leftOut()));
      sentences.add("No sequence could be read with finite states.");
    } else {
      r.stacks().forEach(this::stack);
      crossed();
      notes();
    }
    return card.section(String.join(" ", sentences), findings);
  }

  private String id(Stack s) {
    return card.id() + (r.stacks().size() == 1 ? "." : "." + s.stack() + ".");
  }

  private String of(Stack s) {
    return r.stacks().size() == 1 ? "" : ", " + s.stack();
  }

  private void stack(Stack s) {
    Layer first = s.states().get(0);
    Layer last = s.states().get(s.states().size() - 1);
    sentences.add(
        "From '"
            + first.name()
            + "' to '"
            + last.name()
            + "' the mean norm goes from "
            + Spelling.number(first.norm())
            + " to "
            + Spelling.number(last.norm())
            + cosines(first, last)
            + ".");
    if (!s.debiased().isEmpty()) {
      alignment(s);
    }
    findings.add(table(s));
    findings.add(curve(s));
    if (settings.sound()) {
      findings.add(norms(s));
      findings.add(massive(s));
      neurons(s);
      if (!s.debiased().isEmpty()) {
        findings.add(heatmap(s, "cka", "Linear CKA between states", s.linear()));
        findings.add(heatmap(s, "cka_debiased", "Debiased CKA between states", s.debiased()));
      }
    }
  }

  private static String cosines(Layer first, Layer last) {
    return first.cosine() == null || last.cosine() == null
        ? ""
        : " and the mean cosine between positions from "
            + Spelling.number(first.cosine())
            + " to "
            + Spelling.number(last.cosine());
  }

  private int lastBlock(Stack s) {
    int last = s.states().size() - 1;
    return s.states().get(last).name().endsWith("final_norm.out") ? last - 1 : last;
  }

  private void alignment(Stack s) {
    Double value = s.debiased().get(0).get(lastBlock(s));
    if (value == null) {
      return;
    }
    Estimate e =
        s.shuffled().isEmpty()
            ? Estimate.of(value)
            : Estimate.of(value).from(Samples.mean(s.shuffled()));
    String sentence =
        "What enters the first block and what leaves the last"
            + of(s)
            + " have a debiased CKA of "
            + Spelling.number(value)
            + (e.expected() == null
                ? "."
                : "; with positions permuted "
                    + Spelling.spread(e.expected(), e.deviation())
                    + ". A residual stream carries its input through any network, trained or not, so"
                    + " this is no finding: set it beside the untrained model's (compare).");
    sentences.add(sentence);
    findings.add(
        Scalar.of(
            id(s) + "cka_first_last",
            "debiased CKA of the first and the last state" + of(s),
            e,
            null,
            "1",
            null,
            sentence));
  }

  private Table table(Stack s) {
    return Table.of(
        id(s) + "layers",
        "States by layer" + of(s),
        List.of(
            new Column<Layer>("state", "its name", Layer::name),
            new Column<>(
                "hidden_state",
                "place in the library's hidden_states; none: not in it",
                l -> l.tuple() == null ? null : Long.valueOf(l.tuple())),
            new Column<>("mean_norm", "seed: mean over sentences of mean norms", Layer::norm),
            new Column<>("std_norm", "seed: mean of standard deviations (n)", Layer::normDeviation),
            new Column<>("mean_cos", "seed: mean cosine between positions", Layer::cosine),
            new Column<>("std_cos", "seed: mean of their deviations (n)", Layer::cosineDeviation)),
        s.states());
  }

  private Table norms(Stack s) {
    int block = lastBlock(s);
    return Table.of(
        id(s) + "pre_post",
        "Before and behind the final norm" + of(s),
        List.of(
            new Column<Layer>("state", "before: block out; behind: final_norm.out", Layer::name),
            new Column<>("std", "standard deviation of the norms of all positions", Layer::spread),
            new Column<>("dynamic_range", "largest norm over smallest", Layer::range),
            new Column<>(
                "outliers", "share more than 1 standard deviation from the mean", Layer::outliers)),
        s.states().subList(block, s.states().size()));
  }

  private Table massive(Stack s) {
    return Table.of(
        id(s) + "massive",
        "Largest number of each state" + of(s),
        List.of(
            new Column<Layer>("state", "its name", Layer::name),
            new Column<>("dimension", "where", l -> (long) l.largest().dimension()),
            new Column<>("position", "where", l -> (long) l.largest().position()),
            new Column<>(
                "token",
                "id of the token that the first stack has there; none: beyond its ids",
                l -> l.largest().token() < 0 ? null : (long) l.largest().token()),
            new Column<>("value", "the number", l -> l.largest().value()),
            new Column<>(
                "over_median",
                "its size over the median size of the state; massive from about 1000 on",
                l -> l.largest().overMedian())),
        s.states());
  }

  private void neurons(Stack s) {
    int tokens = s.active().get(0).tokens();
    int silent = s.active().stream().mapToInt(Active::silent).sum();
    int all = s.active().stream().mapToInt(Active::neurons).sum();
    String sentence =
        silent
            + " of "
            + all
            + " MLP neurons"
            + of(s)
            + " never act on these "
            + tokens
            + " tokens; few texts cannot show a neuron dead: one that acts on "
            + Spelling.number(Math.min(1, 3.0 / tokens))
            + " of such tokens (3/n) is still missed in 5 % of the cases, more often where tokens"
            + " depend on each other.";
    sentences.add(sentence);
    findings.add(
        Table.of(
            id(s) + "neurons",
            "MLP neurons that never act" + of(s),
            List.of(
                new Column<Active>("layer", "block", a -> (long) a.layer()),
                new Column<>("neurons", "how many", a -> (long) a.neurons()),
                new Column<>(
                    "silent", "whose activation stays within the bound", a -> (long) a.silent()),
                new Column<>("share", "silent over all", a -> a.silent() / (double) a.neurons()),
                new Column<>(
                    "bound",
                    "0 for ReLU; else 1 % of the root mean square of the layer's activations",
                    Active::bound),
                new Column<>("tokens", "n, that were read", a -> (long) a.tokens()),
                new Column<>(
                    "missed",
                    "3/n: a neuron that acts on this share of tokens is missed in 5 % of cases",
                    a -> Math.min(1, 3.0 / a.tokens()))),
            s.active()));
    note(
        s.stack() + "_neurons",
        "Neurons that never act" + of(s),
        sentence
            + " Which are weak by their weights is in 'neurons'. There is no null: an untrained model's share depends on its initialisation.");
  }

  private Curve curve(Stack s) {
    return new Curve(
        id(s) + "curve",
        "States by layer" + of(s),
        Axis.linear("state"),
        Axis.linear("norm, or cosine"),
        List.of(
            panel(s, "mean norm of positions", Layer::norm),
            panel(s, "mean cosine between positions", Layer::cosine)),
        "0 is what enters the first block. Hollow: the reference notebooks' figure, from the states that the"
            + " library gives.");
  }

  private static Curve.Panel panel(Stack s, String title, Function<Layer, Double> of) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    List<Double> seedX = new ArrayList<>();
    List<Double> seedY = new ArrayList<>();
    for (int i = 0; i < s.states().size(); i++) {
      Layer l = s.states().get(i);
      x.add((double) i);
      y.add(of.apply(l));
      if (l.tuple() != null) {
        seedX.add((double) i);
        seedY.add(of.apply(l));
      }
    }
    return new Curve.Panel(
        title,
        List.of(
            new Curve.Line("all states", x, y, false),
            new Curve.Line("seed: hidden_states", seedX, seedY, true, "all states")),
        List.of());
  }

  private Heatmap heatmap(Stack s, String id, String title, List<List<Double>> values) {
    List<String> names = s.states().stream().map(Layer::name).toList();
    return new Heatmap(
        id(s) + id,
        title + of(s),
        names,
        names,
        values,
        Axis.linear("state"),
        Axis.linear("state"),
        Axis.linear("CKA"),
        null,
        "1 where two states place the positions alike up to rotation and scale; debiased, unrelated"
            + " states give about 0.",
        new Heatmap.Group("CKA", title + of(s)));
  }

  private record Cell(int layer, int position, Double cosine) {}

  private void crossed() {
    if (r.crossed().isEmpty()) {
      return;
    }
    List<Cell> cells =
        r.crossed().stream()
            .flatMap(
                x ->
                    IntStream.range(0, x.cosines().size())
                        .mapToObj(t -> new Cell(x.layer(), t, x.cosines().get(t))))
            .toList();
    findings.add(
        Table.of(
            card.id() + ".encoder_decoder",
            "Encoder against decoder",
            List.of(
                new Column<Cell>("layer", "place in hidden_states", x -> (long) x.layer()),
                new Column<>("position", "in both", x -> (long) x.position()),
                new Column<>("cosine", "seed: of the two states there", Cell::cosine)),
            cells));
    note(
        "unrelated",
        "Encoder against decoder",
        "The reference notebook compares the same position of two different sentences, so these cosines are of"
            + " unrelated words.");
  }

  private void notes() {
    Stack first = r.stacks().get(0);
    int block = lastBlock(first);
    if (settings.sound() && block < first.states().size() - 1) {
      Layer post = first.states().get(block + 1);
      note(
          "post_norm",
          "Norms behind the final norm",
          "A norm with a learned scale does not make all vectors equally long: behind it the longest"
              + " is "
              + (post.range() == null ? "infinitely many" : Spelling.number(post.range()))
              + " times the shortest here.");
    }
    if (r.drawn()) {
      note(
          "drawn",
          "No texts",
          "There is no tokenizer beside the weights, so ids were drawn evenly from the vocabulary by"
              + " the seed; these are not the reference notebooks' sentences.");
    }
    if (!r.leftOut().isEmpty()) {
      note("left_out", "Sequences left out", String.join(". ", r.leftOut()));
    }
  }

  private void note(String id, String title, String text) {
    findings.add(new Note(card.id() + "." + id, title, text));
  }
}
