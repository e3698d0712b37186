package dev.orograph.instrument.corpus;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How uncertain a model is of each next token of a user's text, and patches by it. */
public final class Entropy implements Instrument<EntropySettings, Nothing, EntropyFigures> {
  /** Positions and patches that are told; all are in the arrays. */
  static final int MOST_ROWS = 10_000;

  private static final char REPLACEMENT = '\uFFFD';
  private static final int STRETCHES = 400;
  private static final long BESIDE = 64L << 20;

  private static final Card CARD =
      new Card(
          "entropy",
          "Entropy of the next token",
          "text",
          1,
          "how uncertain a model is of each next token (or byte) of a text, and patches by it",
          "H = -sum p log p over the vocabulary, p the softmax of the scores at the position"
              + " before, in float64, in nats and bits. A patch starts at the first token of the"
              + " text and where H of the prediction of a token is above the threshold: for bytes"
              + " that of BLT's patcher, 1.335442066192627 nats, for other tokens the quantile"
              + " 1 - 1 / 4.5 of the text's own entropies, since BLT's patches have 4.5 bytes on"
              + " average. A text longer than the model's positions (or 2,048) is read in windows,"
              + " each of which begins with the last half of the one before. Beside the mean stands"
              + " log V, the entropy of a model of V tokens that knows nothing.",
          "Shannon 1948; Pagnoni et al. 2024 for the patches",
          "One text. Its positions depend on each other, so that there is no interval; log V is"
              + " the largest value, not chance. A low entropy says that the model is sure, not that"
              + " it is right. Behind the begin of a later window half a window is context at"
              + " least, but not the whole text.",
          List.of(
              "Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical"
                  + " Journal 27.",
              "Pagnoni, A. et al. (2024). Byte Latent Transformer: patches scale better than"
                  + " tokens. arXiv:2412.09871."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TEXT_PASS);
  }

  @Override
  public Choices<EntropySettings> choices() {
    return EntropySettings.CHOICES;
  }

  @Override
  public Class<EntropyFigures> resultType() {
    return EntropyFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, EntropySettings settings) {
    if (!settings.given()) {
      return Optional.of("no text is given: orograph entropy MODEL --text FILE");
    }
    Model model = work.model();
    Design design = model.design().orElseThrow();
    if (design.encoderDecoder()) {
      return Optional.of("it writes what follows from another text, which an encoder reads");
    }
    if (!design.stacks().get(0).block().attention().causal()) {
      return Optional.of("it sees text on both sides");
    }
    if (design.head().isEmpty()) {
      return Optional.of("it scores no tokens");
    }
    return Extract.tokenizer(model, !settings.ids().given())
        .or(() -> Extract.memory(work, settings.precision().bytes()));
  }

  @Override
  public List<Task<Nothing>> tasks(Work work, EntropySettings settings) {
    Passage p = Passage.of(work, settings);
    int bytes = settings.precision().bytes();
    return List.of(
        new Task<>(
            "text",
            Place.MODEL,
            p.ids().length * (1.0 + work.model().count()),
            bytes * work.model().count() + p.bytes(bytes) + BESIDE,
            p.together(),
            new Nothing()));
  }

  @Override
  public EntropyFigures measure(Work work, EntropySettings settings, Task<Nothing> task) {
    Model model = work.model();
    Passage p = Passage.of(work, settings);
    List<Double> nats;
    try (Transformer t = Transformer.load(model, settings.precision(), Device.CPU)) {
      t.threads(task.sideBySide());
      nats =
          EntropyPatches.nats(
              t,
              p.ids(),
              p.window(),
              p.together(),
              model.checkpoint().root(),
              done -> work.checkCancelled());
    }
    Tokenizer tokenizer = Passage.tokenizer(model);
    boolean bytes = tokenizer != null && tokenizer.bytes();
    double above =
        settings.threshold() != null
            ? settings.threshold()
            : bytes ? EntropyPatches.BLT_THRESHOLD : EntropyPatches.usual(nats, p.first());
    EntropyPatches patches = EntropyPatches.cut(nats, p.first(), above);
    leave(work.arrays(), p, patches);
    return figures(settings, p, patches, tokenizer);
  }

  /** All positions, aligned: the prediction of the first does not exist. */
  private static void leave(Path folder, Passage p, EntropyPatches patches) {
    int n = p.ids().length;
    double[] nats = new double[n];
    for (int i = 0; i < n; i++) {
      Double of = patches.of(i);
      nats[i] = of == null ? Double.NaN : of;
    }
    long[] starts = patches.starts().stream().mapToLong(Integer::longValue).toArray();
    SafetensorsWriter.write(
        folder.resolve("entropy.safetensors"),
        Map.of(),
        List.of(
            Entry.of("ids", Arrays.stream(p.ids()).asLongStream().toArray(), n),
            Entry.of("nats", nats, n),
            Entry.of("starts", starts, starts.length)));
  }

  private static EntropyFigures figures(
      EntropySettings settings, Passage p, EntropyPatches patches, Tokenizer tokenizer) {
    boolean bytes = tokenizer != null && tokenizer.bytes();
    int n = p.ids().length;
    String reason =
        settings.threshold() != null
            ? "given"
            : bytes
                ? "BLT's for bytes"
                : "the text's own quantile "
                    + String.format(Locale.ROOT, "%.3f", 1 - 1 / EntropyPatches.BLT_LENGTH);
    String file = settings.ids().given() ? settings.ids().path() : settings.source();
    int stretch = (n - p.first() + STRETCHES - 1) / STRETCHES;
    return new EntropyFigures(
        bytes ? "byte" : "token",
        file.isEmpty() ? "the text given" : Path.of(file).getFileName().toString(),
        tokenizer == null ? "" : tokenizer.fingerprint(),
        p.window(),
        n > p.window() ? Windows.overlap(p.window()) : 0,
        p.vocabulary(),
        patches.threshold(),
        reason,
        patches.length(),
        patches.mean(),
        patches.starts().size(),
        patches.patches().stream()
            .limit(MOST_ROWS)
            .map(
                c ->
                    new EntropyFigures.Patch(
                        c.from(),
                        c.to() - c.from(),
                        c.nats(),
                        text(p.ids(), c.from(), c.to(), tokenizer)))
            .toList(),
        n,
        positions(p, patches, tokenizer),
        course(patches, stretch),
        stretch);
  }

  private static List<EntropyFigures.Position> positions(
      Passage p, EntropyPatches patches, Tokenizer tokenizer) {
    Set<Integer> starts = new HashSet<>(patches.starts());
    return IntStream.range(0, Math.min(MOST_ROWS, p.ids().length))
        .mapToObj(
            i ->
                new EntropyFigures.Position(
                    i,
                    p.ids()[i],
                    text(p.ids(), i, i + 1, tokenizer),
                    patches.of(i),
                    starts.contains(i)))
        .toList();
  }

  private static List<Double> course(EntropyPatches patches, int stretch) {
    List<Double> means = new ArrayList<>();
    int n = patches.first() + patches.length();
    for (int from = patches.first(); from < n; from += stretch) {
      means.add(
          IntStream.range(Math.max(1, from), Math.min(n, from + stretch))
              .mapToDouble(patches::of)
              .average()
              .stream()
              .boxed()
              .findFirst()
              .orElse(null));
    }
    return means;
  }

  /** What tokens stand for; without a tokenizer their ids. */
  public static String text(int[] ids, int from, int to, Tokenizer tokenizer) {
    List<Integer> part = Arrays.stream(ids, from, to).boxed().toList();
    if (tokenizer == null) {
      return part.stream().map(id -> "#" + id).collect(Collectors.joining(" "));
    }
    String joined = part.stream().map(tokenizer::text).collect(Collectors.joining());
    if (joined.indexOf(REPLACEMENT) < 0) {
      return joined;
    }
    // Tokens that are parts of one character are whole only together; decoding may drop a space.
    String decoded = tokenizer.decode(part, false);
    return joined.startsWith(" ") && !decoded.startsWith(" ") ? " " + decoded : decoded;
  }

  @Override
  public Section conclude(EntropySettings settings, List<EntropyFigures> results) {
    return new EntropySection(CARD, settings, results.get(0)).section();
  }
}
