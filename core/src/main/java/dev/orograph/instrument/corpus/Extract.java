package dev.orograph.instrument.corpus;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Note;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.finding.Table.Column;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.corpus.ExtractFigures.Written;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The hidden states of a model over a user's corpus, as arrays. */
public final class Extract implements Instrument<ExtractSettings, Nothing, ExtractFigures> {
  /** Slices that are computed side by side at most; their number changes no digit. */
  static final int SIDE_BY_SIDE = 8;

  private static final Card CARD =
      new Card(
          "extract",
          "Extracted states",
          "corpus",
          1,
          "the hidden states of a model over a corpus, as arrays",
          "Every sequence (a line of text, a list of ids, an image) is read by the model, shorter"
              + " ones padded on the right and masked, and the states asked for are written as"
              + " float32 [sequence, position, width], with input_ids and attention_mask beside"
              + " them. The mean norm is that of the Euclidean norms of the vectors whose mask is"
              + " not 0.",
          "the model's own forward pass; Vaswani et al. 2017 for the blocks",
          "Where the mask is 0 a state means nothing. States are rounded to float32 whatever the"
              + " precision of the pass. Positions of one sequence depend on each other, so that"
              + " there is neither interval nor null for a mean norm.",
          List.of(
              "Vaswani, A., Shazeer, N., Parmar, N., Uszkoreit, J., Jones, L., Gomez, A. N.,"
                  + " Kaiser, L. & Polosukhin, I. (2017). Attention is all you need. NeurIPS."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.PASS);
  }

  @Override
  public Choices<ExtractSettings> choices() {
    return ExtractSettings.CHOICES;
  }

  @Override
  public Class<ExtractFigures> resultType() {
    return ExtractFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, ExtractSettings settings) {
    Model model = work.model();
    boolean images = model.design().orElseThrow().stacks().get(0).entry().image() != null;
    if (!settings.given()) {
      return Optional.of(
          images
              ? "no images are given: orograph extract MODEL --pixels FILE --states all"
              : "no text is given: orograph extract MODEL --text FILE --states all");
    }
    if (images != settings.pixels().given()) {
      return Optional.of(
          images
              ? "the model reads images, and none are given: give --pixels"
              : "the model reads token ids, and images are given: give --text or --ids");
    }
    return tokenizer(model, settings.text().given())
        .or(() -> memory(work, settings.precision().bytes()));
  }

  /** Why text cannot be read. */
  public static Optional<String> tokenizer(Model model, boolean text) {
    return text
        ? model.whyNoTokenizer().map(why -> "it needs a tokenizer to read text: " + why)
        : Optional.empty();
  }

  /** Why a pass has no room. */
  public static Optional<String> memory(Work work, int bytes) {
    return work.noRoom("the weights of a forward pass need", bytes * work.model().count());
  }

  @Override
  public List<Task<Nothing>> tasks(Work work, ExtractSettings settings) {
    Outline o = Outline.of(work, settings);
    int threads = o.size() <= o.slice() ? 1 : SIDE_BY_SIDE;
    return List.of(new Task<>("states", Place.MODEL, o.work(), o.bytes(), threads, new Nothing()));
  }

  @Override
  public ExtractFigures measure(Work work, ExtractSettings settings, Task<Nothing> task) {
    Outline o = Outline.of(work, settings);
    try (Transformer t = Transformer.load(work.model(), settings.precision(), Device.CPU);
        Corpus corpus = o.corpus(settings);
        StateWriter writer = new StateWriter(work, corpus)) {
      t.threads(task.sideBySide());
      return new ExtractFigures(o.size(), writer.write(t, o), o.cut(), o.blind());
    }
  }

  @Override
  public Section conclude(ExtractSettings settings, List<ExtractFigures> results) {
    ExtractFigures r = results.get(0);
    List<Finding> findings = new ArrayList<>();
    double bytes = 0;
    List<Written> states = new ArrayList<>();
    for (Written w : r.arrays()) {
      if (w.dtype().equals("F32")) {
        states.add(w);
        bytes += 4.0 * w.count();
      }
    }
    String summary =
        String.format(
            Locale.ROOT,
            "%s state%s of %s sequence%s, %.1f MB, are in arrays/extract.safetensors.",
            Text.grouped(states.size()),
            states.size() == 1 ? "" : "s",
            Text.grouped(r.sequences()),
            r.sequences() == 1 ? "" : "s",
            bytes / 1e6);
    findings.add(
        Scalar.plain(
            "extract.sequences",
            "sequences",
            r.sequences(),
            "1",
            Text.grouped(r.sequences()) + " sequences were read."));
    List<Column<Written>> columns =
        new ArrayList<>(
            List.of(
                new Column<>("name", "in arrays/extract.safetensors", Written::name),
                new Column<>(
                    "shape",
                    "sizes, sequences first",
                    w -> w.shape().stream().map(n -> "" + n).collect(Collectors.joining(" x "))),
                new Column<>("dtype", "type of its numbers", Written::dtype)));
    if (settings.sound()) {
      columns.add(
          new Column<>(
              "vectors",
              "positions whose mask is not 0",
              w -> w.dtype().equals("F32") ? w.vectors() : null));
      columns.add(new Column<>("mean_norm", "mean Euclidean norm of these", Written::norm));
    }
    findings.add(Table.of("extract.arrays", "Arrays", columns, r.arrays()));
    if (r.cut() > 0) {
      findings.add(
          new Note(
              "extract.cut",
              "Lines cut",
              r.cut()
                  + " of "
                  + r.sequences()
                  + " lines are cut to "
                  + settings.length()
                  + " tokens"));
    }
    if (r.blind()) {
      findings.add(
          new Note(
              "extract.blind",
              "Encoder only",
              "without decoder_input_ids, the encoder's states are all"));
    }
    return CARD.section(summary, findings);
  }
}
