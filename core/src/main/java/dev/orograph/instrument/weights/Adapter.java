package dev.orograph.instrument.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Entries;
import dev.orograph.model.LowRankFactors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a low-rank adapter (LoRA) adds to each matrix: the product of its factors, scaled. */
public final class Adapter implements WeightInstrument<LowRankPair, LowRankFigures> {
  private static final Card CARD =
      new Card(
          "adapter",
          "Updates of an adapter",
          "update",
          2,
          "size and rank of what a low-rank adapter adds to each matrix",
          "An update is scale B A, of A (rank, inputs) and B (outputs, rank), the scale being alpha /"
              + " rank, or alpha / sqrt(rank) where the adapter is rank-stabilised. Its singular"
              + " values are those of R_B R_A^T in float64, where B = Q_B R_B and A^T = Q_A R_A, so"
              + " that no large matrix is formed. Each update stands beside products of its own"
              + " factors with their entries shuffled. Where the base is given too: norm, s1 and"
              + " stable rank of each of its matrices W before and after, how far their 16 leading"
              + " singular directions are the same ones, and the share of the update's squared norm"
              + " in the span of W's; chance for that is an update in a random orientation, k of d"
              + " dimensions.",
          "Hu et al. 2022; Kalajdzievski 2023; names as in the PEFT library and in kohya's scripts",
          "A rank far below that of shuffled factors says that the update uses few of its"
              + " directions, not that these matter. Without the model that it changes (--base)"
              + " nothing can be said of the update's size against the weights'. An update that lies"
              + " in W's leading directions strengthens what is there; one that does not is new.",
          List.of(
              "Hu, E. et al. (2022). LoRA: low-rank adaptation of large language models. ICLR.",
              "Kalajdzievski, D. (2023). A rank stabilization scaling factor for fine-tuning with"
                  + " LoRA. arXiv:2312.03732."));

  private static final Pattern BEHIND_NUMBERS = Pattern.compile("^.*_\\d{1,6}_(?=.)");
  private static final Pattern NUMBER = Pattern.compile("(?<=[._])\\d{1,6}(?=[._])");

  /** Shuffled pairs beside each update, fewer where each of them takes long. */
  private static final int DRAWS = 20;

  private static final int FEWER_DRAWS = 5;
  private static final int LARGE_RANK = 64;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<LowRankFigures> resultType() {
    return LowRankFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS).orLacks("no pair of low-rank factors").orWithBase();
  }

  @Override
  public List<Task<LowRankPair>> tasks(Work work, WeightSettings settings) {
    Checkpoint c = work.model().checkpoint();
    Map<String, TensorInfo> byName = new HashMap<>();
    c.tensors().forEach(t -> byName.put(t.name(), t));
    BaseNames base = work.models() > 1 ? new BaseNames(work.model(1).checkpoint().tensors()) : null;
    List<Task<LowRankPair>> tasks = new ArrayList<>();
    for (LowRankFactors pair : LowRankFactors.of(c)) {
      tasks.add(task(c, byName, settings, pair, base));
    }
    return tasks;
  }

  /** What is behind the last dot, or in names that have underscores for dots the last number. */
  private static String kind(String module) {
    return module.contains(".")
        ? module.substring(module.lastIndexOf('.') + 1)
        : BEHIND_NUMBERS.matcher(module).replaceFirst("");
  }

  /** DoRA gives every row of the sum a length of its own. */
  @Override
  public Optional<String> obstacle(Work work, WeightSettings settings) {
    boolean lengths =
        work.model().checkpoint().tensors().stream()
            .anyMatch(t -> t.name().contains("lora_magnitude_vector"));
    return work.models() > 1 && lengths
        ? Optional.of(
            "the adapter gives each row of base plus update another length (DoRA), so that the sum"
                + " is not the matrix that computes; without a base its updates are measured")
        : Optional.empty();
  }

  private static Task<LowRankPair> task(
      Checkpoint c,
      Map<String, TensorInfo> byName,
      WeightSettings settings,
      LowRankFactors pair,
      BaseNames base) {
    String module = pair.module();
    TensorInfo a = pair.a();
    TensorInfo b = pair.b();
    int rank = pair.rank();
    long rows = pair.rows();
    long columns = pair.columns();
    Double alpha = alpha(c, byName, module);
    JsonNode config = c.adapterConfig().orElse(null);
    boolean stabilised = config != null && config.path("use_rslora").asBoolean(false);
    double scale = alpha == null ? 1 : Math.abs(alpha) / (stabilised ? Math.sqrt(rank) : rank);
    int draws = !settings.sound() ? 0 : rank > LARGE_RANK ? FEWER_DRAWS : DRAWS;
    Matcher number = NUMBER.matcher(module);
    Place place =
        new Place(
            "", kind(module), number.find() ? Integer.parseInt(number.group()) : Place.NO_LAYER);
    double entries = (double) a.count() + b.count();
    boolean across = config != null && config.path("fan_in_fan_out").asBoolean(false);
    TensorInfo w = base == null ? null : base.of(module).orElse(null);
    boolean straight = w != null && w.rows() == rows && w.columns() == columns;
    boolean turned = w != null && w.rows() == columns && w.columns() == rows;
    boolean fits = straight || turned;
    return Task.of(
        module,
        place,
        Math.max(1, (1 + draws) * entries * rank)
            + (fits ? 4.0 * w.count() * Math.min(w.rows(), w.columns()) : 0),
        (long) (4 * 8 * entries)
            + (16L << 20)
            + (fits ? UpdatedMatrix.bytes(w.rows(), w.columns(), rank) : 0),
        new LowRankPair(
            a.name(),
            b.name(),
            rank,
            rows,
            columns,
            alpha,
            scale,
            draws,
            fits ? w.name() : base == null ? null : "",
            turned && (across || !straight)));
  }

  /**
   * A number stored beside the factors, one for modules of that name, or the adapter's; or null.
   */
  private static Double alpha(Checkpoint c, Map<String, TensorInfo> byName, String module) {
    TensorInfo stored = byName.get(module + ".alpha");
    if (stored != null && stored.count() == 1 && stored.dtype().floating()) {
      try (TensorData data = c.map(stored)) {
        double[] value = new double[1];
        data.read(0, value, 0, 1);
        return Double.isFinite(value[0]) ? (Double) value[0] : null;
      }
    }
    JsonNode config = c.adapterConfig().orElse(null);
    if (config == null) {
      return null;
    }
    JsonNode patterns = config.path("alpha_pattern");
    for (Iterator<String> keys = patterns.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      // PEFT takes keys as expressions; names are what they are in practice, and all that is safe.
      if (module.equals(key) || module.endsWith("." + key)) {
        return number(patterns.path(key));
      }
    }
    return number(config.path("lora_alpha"));
  }

  private static Double number(JsonNode n) {
    return n.isNumber() && Double.isFinite(n.doubleValue()) ? (Double) n.doubleValue() : null;
  }

  @Override
  public LowRankFigures measure(Work work, WeightSettings settings, Task<LowRankPair> task) {
    Checkpoint c = work.model().checkpoint();
    LowRankPair pair = task.detail();
    // Shuffled in place for the null, so that the base's part reads them anew.
    LowRankFigures f =
        LowRankFigures.of(
            task, read(c, pair.a()), read(c, pair.b()), work.generator(task), work::checkCancelled);
    if (pair.base() == null || pair.base().isEmpty() || f.values().isEmpty()) {
      return f;
    }
    Checkpoint base = work.model(1).checkpoint();
    try (TensorData data = base.map(base.tensor(pair.base()).orElseThrow())) {
      Entries w = new TensorEntries(data);
      return finite(w)
          ? f.with(UpdatedMatrix.of(w, pair, read(c, pair.a()), read(c, pair.b()), f.values()))
          : f;
    }
  }

  private static boolean finite(Entries w) {
    double[] some = new double[1 << 13];
    long count = w.rows() * w.columns();
    for (long at = 0; at < count; at += some.length) {
      int n = (int) Math.min(some.length, count - at);
      w.read(at, some, 0, n);
      for (int i = 0; i < n; i++) {
        if (!Double.isFinite(some[i])) {
          return false;
        }
      }
    }
    return true;
  }

  private static double[] read(Checkpoint c, String name) {
    TensorInfo t = c.tensor(name).orElseThrow();
    try (TensorData data = c.map(t)) {
      double[] values = new double[Math.toIntExact(t.count())];
      data.read(0, values, 0, values.length);
      return values;
    }
  }

  @Override
  public Section conclude(WeightSettings settings, List<LowRankFigures> results) {
    return new AdapterSection(CARD, settings, results).section();
  }
}
