package dev.orograph.instrument.corpus.waterfill;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
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
import dev.orograph.instrument.corpus.Entropy;
import dev.orograph.instrument.corpus.EntropyPatches;
import dev.orograph.instrument.corpus.Extract;
import dev.orograph.instrument.corpus.Passage;
import dev.orograph.linalg.Entries;
import dev.orograph.linalg.RowParts;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Transformer;
import dev.orograph.stats.Quantiles;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Places states on shells of a hypersphere by their length before the final norm. */
public final class WaterFilling implements Instrument<WaterSettings, Nothing, WaterFigures> {
  private static final int THREADS = 8;
  private static final long BESIDE = 96L << 20;
  private static final long EACH = 64;

  private static final Card CARD =
      new Card(
          "waterfill",
          "Water-filling",
          "cloud",
          1,
          "states of a text placed on shells of a hypersphere by their length before the final norm",
          "Prominence p is the Euclidean norm of a state. Shells s = 0 .. S - 1 have radius (sqrt(s)"
              + " + s^1.5) over the last one's and room for N r^1.5 / sum r^1.5 points. Osmotic: from"
              + " the percentiles of p, points above mean + 1 deviation and members of shells above"
              + " 1.2 of their room go one out with probability .7, else turn within their shell;"
              + " others go one in where there is less than .8; 100 iterations at most. Thermal: P(s)"
              + " ~ exp(-|p - e_s| / kT), its most likely shell (seed); p brought to the range of the"
              + " levels, drawn, and refined by a Langevin chain in which like directions attract"
              + " (sound). Exact: in the order of p, every shell as full as it has room.",
          "seed 000; Boltzmann; Karush, Kuhn and Tucker for the optimum",
          "A radius is a function of p but for moves at random, so it tells no more than p does;"
              + " correlations of p with surprisal or frequency say what p tells of one text. The"
              + " capacities are the notebook's choice, not the data's.",
          List.of(
              "Pagnoni, A. et al. (2024). Byte Latent Transformer: patches scale better than"
                  + " tokens. arXiv:2412.09871.",
              "Kuhn, H. & Tucker, A. (1951). Nonlinear programming. Berkeley Symposium.",
              "Roberts, G. & Tweedie, R. (1996). Exponential convergence of Langevin distributions"
                  + " and their discrete approximations. Bernoulli 2.",
              "Vehtari, A. et al. (2021). Rank-normalization, folding, and localization: an improved"
                  + " R-hat for assessing convergence of MCMC. Bayesian Analysis 16.",
              "Venna, J. & Kaski, S. (2001). Neighborhood preservation in nonlinear projection"
                  + " methods. ICANN.",
              "Steele, G., Lea, D. & Flood, C. (2014). Fast splittable pseudorandom number"
                  + " generators. OOPSLA."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TEXT_PASS_OR_ROWS);
  }

  @Override
  public Choices<WaterSettings> choices() {
    return WaterSettings.CHOICES;
  }

  @Override
  public Class<WaterFigures> resultType() {
    return WaterFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, WaterSettings settings) {
    if (!settings.given()) {
      return Optional.of("no text is given: orograph waterfill MODEL --text FILE");
    }
    if (settings.rows()) {
      return Optional.empty();
    }
    Optional<String> without = Needs.oneModel(Need.TEXT_PASS).unmet(work);
    if (without.isPresent()) {
      return without;
    }
    Design design = work.model().design().orElseThrow();
    boolean scores =
        design.head().isPresent() && design.stacks().get(0).block().attention().causal();
    if (WaterSettings.PATCHES.equals(settings.points()) && !scores) {
      return Optional.of(
          "patches follow from the entropy of the next token, which it does not say");
    }
    return Extract.tokenizer(work.model(), !settings.ids().given())
        .or(() -> Extract.memory(work, settings.precision().bytes()));
  }

  /**
   * The matrix whose rows are placed.
   *
   * @throws InputException where there is no such one, or several
   */
  private static TensorInfo matrix(Model model, WaterSettings settings) {
    List<TensorInfo> all =
        model.checkpoint().tensors().stream()
            .filter(t -> t.rank() == 2 && t.dtype().floating() && t.count() > 0)
            .toList();
    boolean only = settings.tensor().equals(WaterSettings.ONLY);
    List<TensorInfo> named =
        only ? all : all.stream().filter(t -> t.name().equals(settings.tensor())).toList();
    if (named.size() != 1 || named.get(0).rows() > Integer.MAX_VALUE - 8) {
      throw InputException.at(model.checkpoint().root())
          .place(only ? "the file" : "'" + Text.visible(settings.tensor(), 80) + "'")
          .expected(
              only
                  ? "must hold one matrix of floating-point numbers with a row per point"
                  : "must be a matrix of floating-point numbers with a row per point")
          .found(
              only
                  ? "it holds " + all.size()
                  : "there is none of that name among " + all.size() + " matrices")
          .remedy(
              all.isEmpty()
                  ? "store a matrix [points, dimensions]"
                  : "name one with --tensor: "
                      + Text.visible(
                          String.join(", ", all.stream().limit(8).map(TensorInfo::name).toList()),
                          400))
          .build();
    }
    return named.get(0);
  }

  @Override
  public List<Task<Nothing>> tasks(Work work, WaterSettings settings) {
    long places = 8L * settings.shells();
    if (settings.rows()) {
      TensorInfo t = matrix(work.model(), settings);
      return List.of(
          new Task<>(
              "points",
              Place.MODEL,
              100.0 + t.count(),
              EACH * t.rows() + RowParts.bytes(t.columns(), THREADS) + places + BESIDE,
              THREADS,
              new Nothing()));
    }
    Passage p = Passage.of(work, settings.reading());
    int bytes = settings.precision().bytes();
    String model = work.model().checkpoint().root().toString();
    work.once(List.of("waterfill state", settings.state(), model), () -> stateOf(work, settings));
    return List.of(
        new Task<>(
            "points",
            Place.MODEL,
            p.ids().length * (1.0 + work.model().count()),
            bytes * work.model().count()
                + 2 * p.bytes(bytes)
                + EACH * p.ids().length
                + places
                + BESIDE,
            Math.max(p.together(), 1),
            new Nothing()));
  }

  private static String stateOf(Work work, WaterSettings settings) {
    Model model = work.model();
    try (Transformer t = Transformer.load(model, settings.precision(), Device.CPU)) {
      return TextStates.state(t, settings.state(), model.checkpoint().root());
    }
  }

  @Override
  public WaterFigures measure(Work work, WaterSettings settings, Task<Nothing> task) {
    return settings.rows() ? rows(work, settings, task) : text(work, settings, task);
  }

  private static WaterFigures rows(Work work, WaterSettings settings, Task<Nothing> task) {
    Model model = work.model();
    TensorInfo t = matrix(model, settings);
    int threads = task.sideBySide();
    try (TensorData data = model.checkpoint().map(t)) {
      Cloud cloud = Cloud.of(entries(data), threads, work::checkCancelled);
      if (cloud.size() == 0) {
        return WaterFigures.fault(
            "none of the " + Text.grouped(t.rows()) + " rows is all finite numbers");
      }
      return new WaterMeasurement(work, settings, cloud, null, threads)
          .figures(t.file().getFileName().toString(), "row", t.name(), null, null);
    }
  }

  private static Entries entries(TensorData data) {
    return Entries.of(
        data.info().rows(),
        data.info().columns(),
        (from, into, offset, length) -> data.read(from, into, offset, length));
  }

  private static WaterFigures text(Work work, WaterSettings settings, Task<Nothing> task) {
    Model model = work.model();
    Passage p = Passage.of(work, settings.reading());
    int threads = task.sideBySide();
    TextStates states;
    try (Transformer t = Transformer.load(model, settings.precision(), Device.CPU)) {
      t.threads(threads);
      states = TextStates.read(t, p, settings, work);
    }
    Tokenizer tokenizer = Passage.tokenizer(model);
    boolean bytes = tokenizer != null && tokenizer.bytes();
    boolean cut =
        settings.points().equals(WaterSettings.PATCHES)
            || (settings.points().isEmpty() && bytes && states.after() != null);
    EntropyPatches patches = cut ? patches(states, p, settings) : null;
    int[] from =
        cut
            ? patches.starts().stream().mapToInt(Integer::intValue).toArray()
            : IntStream.range(p.first(), p.ids().length).toArray();
    int n = p.ids().length;
    int[] last = IntStream.range(0, from.length).map(i -> end(from, i, n) - 1).toArray();
    try (Checkpoint file = Checkpoint.open(states.file());
        TensorData data = file.map(file.tensor(TextStates.TENSOR).orElseThrow())) {
      Cloud cloud = Cloud.of(Entries.ofRows(entries(data), last), threads, work::checkCancelled);
      if (cloud.size() == 0) {
        return WaterFigures.fault("no state of the text is all finite numbers");
      }
      Cloud.About about = about(cloud, p, states, tokenizer, from, last);
      String source = settings.ids().given() ? settings.ids().path() : settings.source();
      return new WaterMeasurement(work, settings, cloud, about, threads)
          .figures(
              source.isEmpty() ? "the text given" : Path.of(source).getFileName().toString(),
              cut ? "patch" : bytes ? "byte" : "token",
              states.state(),
              cut ? patches.threshold() : null,
              states.normed());
    }
  }

  /** The first position behind a point's. */
  private static int end(int[] from, int point, int all) {
    return point + 1 < from.length ? from[point + 1] : all;
  }

  private static EntropyPatches patches(TextStates states, Passage p, WaterSettings settings) {
    double[] within =
        IntStream.range(p.first(), Math.max(p.first(), p.ids().length - 1))
            .mapToDouble(i -> states.after().get(i))
            .sorted()
            .toArray();
    double above =
        settings.threshold() != null
            ? settings.threshold()
            : within.length == 0 ? 0 : Quantiles.ofSorted(within, WaterSettings.TOP);
    return EntropyPatches.cut(states.after(), p.first(), above);
  }

  /** What is known of each point: of a patch the sum of its surprisals. */
  private static Cloud.About about(
      Cloud cloud, Passage p, TextStates states, Tokenizer tokenizer, int[] from, int[] last) {
    int[] ids = p.ids();
    int n = cloud.size();
    int[] point = IntStream.range(0, n).map(cloud::row).toArray();
    Map<List<Integer>, Integer> kinds = new HashMap<>();
    int[] kind = new int[n];
    double[] surprisal = states.surprisal() == null ? null : new double[n];
    double[] before = states.after() == null ? null : new double[n];
    double[] after = states.after() == null ? null : new double[n];
    for (int i = 0; i < n; i++) {
      int start = from[point[i]];
      int end = last[point[i]] + 1;
      List<Integer> own = Arrays.stream(ids, start, end).boxed().toList();
      kind[i] = kinds.computeIfAbsent(own, k -> kinds.size());
      if (surprisal != null) {
        surprisal[i] = Arrays.stream(states.surprisal(), start, end).sum();
      }
      if (after != null) {
        before[i] = start == 0 ? Double.NaN : states.after().get(start - 1);
        after[i] = states.after().get(end - 1);
      }
    }
    IntUnaryOperator at = i -> last[point[i]];
    return new Cloud.About(
        IntStream.range(0, n).map(at).toArray(),
        i -> Entropy.text(ids, from[point[i]], last[point[i]] + 1, tokenizer),
        surprisal,
        before,
        after,
        kind);
  }

  @Override
  public Section conclude(WaterSettings settings, List<WaterFigures> results) {
    return new WaterSection(CARD, settings, results.get(0)).section();
  }
}
