package dev.orograph.model.design;

import dev.orograph.model.Config;
import java.util.List;

/**
 * How rotary positions are stretched beyond the context that was trained: which turn per position a
 * pair has, and what queries and keys are multiplied with.
 *
 * <p>Sources: Chen et al. 2023 (linear); bloc97 2023 and the transformers library (dynamic NTK);
 * Peng et al. 2023 (YaRN); Ding et al. 2024 (LongRoPE); Llama 3.1's reference code.
 */
public sealed interface RotaryScaling {
  /**
   * Keys of a scaling that are read here, or change nothing: {@code mrope_section} tells positions
   * of images from those of text.
   */
  String KNOWN =
      "(?:type|rope_type|factor|original_max_position_embeddings|attention_factor|beta_fast"
          + "|beta_slow|mscale|mscale_all_dim|truncate|short_factor|long_factor|short_mscale"
          + "|long_mscale|low_freq_factor|high_freq_factor|rope_theta|partial_rotary_factor"
          + "|finetuned|mrope_section|mrope_interleaved|full_attention|sliding_attention)";

  /**
   * The turn per position of pair i of {@code width} rotated dimensions.
   *
   * @param base the base of the unscaled turns, base^(-2i/width)
   * @param length positions of the sequence
   */
  double turn(double base, int i, int width, long length);

  /** What queries and keys are multiplied with, each. */
  default double magnitude() {
    return 1;
  }

  /** Whether turns depend on the length of the sequence. */
  default boolean byLength() {
    return false;
  }

  private static double plain(double base, int i, int width) {
    return Math.pow(base, -2.0 * i / width);
  }

  /** Positions are divided by {@code factor}. */
  record Linear(double factor) implements RotaryScaling {
    @Override
    public double turn(double base, int i, int width, long length) {
      return plain(base, i, width) / factor;
    }
  }

  /**
   * Beyond {@code positions} the base grows with the length n: base (factor n / positions - (factor
   * - 1))^(width / (width - 2)).
   */
  record Dynamic(double factor, double positions) implements RotaryScaling {
    @Override
    public double turn(double base, int i, int width, long length) {
      double grown = Math.max(1, factor * length / positions - (factor - 1));
      return plain(base * Math.pow(grown, width / (width - 2.0)), i, width);
    }

    @Override
    public boolean byLength() {
      return true;
    }
  }

  /**
   * Llama 3.1: turns whose wave is longer than {@code positions / low} are slowed by {@code
   * factor}, those shorter than {@code positions / high} are not, and between them the share
   * changes evenly with 1/wave.
   *
   * @param factor how much slower
   * @param low waves per context below which all are slowed
   * @param high waves per context above which none is
   * @param positions the context that was trained first
   */
  record Llama3(double factor, double low, double high, double positions) implements RotaryScaling {
    @Override
    public double turn(double base, int i, int width, long length) {
      double turn = plain(base, i, width);
      double waves = positions * turn / (2 * Math.PI);
      double share = Math.min(1, Math.max(0, (waves - low) / (high - low)));
      return (1 - share) * turn / factor + share * turn;
    }
  }

  /**
   * YaRN: pairs that turn more often than {@code fast} times in {@code positions} keep their turn,
   * those that turn less often than {@code slow} times are slowed by {@code factor}, and between
   * them the share changes evenly with i.
   *
   * @param magnitude the attention factor, 0.1 ln factor + 1 where nothing else is said
   * @param truncated whether the bounds are rounded to whole pairs
   */
  record Yarn(
      double factor,
      double positions,
      double fast,
      double slow,
      double magnitude,
      boolean truncated)
      implements RotaryScaling {
    @Override
    public double turn(double base, int i, int width, long length) {
      double low = pair(base, width, fast);
      double high = pair(base, width, slow);
      low = Math.max(0, truncated ? Math.floor(low) : low);
      high = Math.min(width - 1.0, truncated ? Math.ceil(high) : high);
      high = low == high ? high + 0.001 : high;
      double share = Math.min(1, Math.max(0, (i - low) / (high - low)));
      double turn = plain(base, i, width);
      return share * turn / factor + (1 - share) * turn;
    }

    /** The pair that turns so many times in the trained context. */
    private double pair(double base, int width, double turns) {
      return width * Math.log(positions / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }

  /**
   * LongRoPE: each pair has a factor of its own, one for sequences up to {@code positions} and one
   * for longer ones.
   *
   * @param positions the context that was trained first
   * @param shorter factors up to there
   * @param longer factors beyond
   * @param magnitude the attention factor
   */
  record LongRope(double positions, List<Double> shorter, List<Double> longer, double magnitude)
      implements RotaryScaling {
    /** Copies its lists. */
    public LongRope {
      shorter = List.copyOf(shorter);
      longer = List.copyOf(longer);
    }

    @Override
    public double turn(double base, int i, int width, long length) {
      return plain(base, i, width) / (length > positions ? longer : shorter).get(i);
    }

    @Override
    public boolean byLength() {
      return true;
    }
  }

  /**
   * The scaling that a configuration describes; null for none.
   *
   * @param c the configuration
   * @param at its key of the scaling
   * @param width rotated dimensions
   * @throws dev.orograph.input.InputException for a kind of scaling that is not known
   */
  static RotaryScaling of(Config c, String at, int width) {
    Config s = c.object(at);
    s.keys("(?!" + KNOWN + "$).*").stream()
        .findFirst()
        .ifPresent(
            key -> {
              throw s.unsupported(key);
            });
    if (s.has("factor") && !s.has("type") && !s.has("rope_type")) {
      throw c.unsupported(at);
    }
    String type = s.text(s.text("default", "type"), "rope_type");
    double positions = c.number(0, "max_position_embeddings");
    double first =
        s.number(
            c.number(positions, "original_max_position_embeddings"),
            "original_max_position_embeddings");
    return switch (type) {
      case "default" -> null;
      case "linear" -> s.required("factor") == 1 ? null : new Linear(s.required("factor"));
      case "dynamic" -> {
        if (s.required("factor") == 1 || width < 4) {
          yield null;
        }
        yield new Dynamic(s.required("factor"), c.required("max_position_embeddings"));
      }
      case "llama3" -> {
        if (s.required("low_freq_factor") >= s.required("high_freq_factor")) {
          throw c.unsupported(at);
        }
        yield new Llama3(
            s.required("factor"),
            s.required("low_freq_factor"),
            s.required("high_freq_factor"),
            s.required("original_max_position_embeddings"));
      }
      case "yarn" -> yarn(c, s, at, first);
      case "longrope", "su" -> longRope(c, s, at, first, positions, width);
      default -> throw c.unsupported(at);
    };
  }

  private static RotaryScaling yarn(Config c, Config s, String at, double first) {
    double factor = s.required("factor");
    if (!(first > 0)) {
      throw c.unsupported(at);
    }
    double own = s.number(0, "mscale");
    double all = s.number(0, "mscale_all_dim");
    double usual =
        own > 0 && all > 0 ? mscale(factor, own) / mscale(factor, all) : mscale(factor, 1);
    return new Yarn(
        factor,
        first,
        s.number(32, "beta_fast"),
        s.number(1, "beta_slow"),
        s.has("attention_factor") ? s.required("attention_factor") : usual,
        s.flag(true, "truncate"));
  }

  private static double mscale(double factor, double by) {
    return factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1;
  }

  private static RotaryScaling longRope(
      Config c, Config s, String at, double first, double positions, int width) {
    List<Double> shorter = s.numbers("short_factor");
    List<Double> longer = s.numbers("long_factor");
    boolean whole = shorter.size() == width / 2 && longer.size() == width / 2;
    boolean positive =
        shorter.stream().allMatch(f -> f > 0) && longer.stream().allMatch(f -> f > 0);
    if (!whole || !positive || !(first > 0) || s.has("short_mscale") || s.has("long_mscale")) {
      throw c.unsupported(at);
    }
    double factor = first < positions ? positions / first : s.number(1, "factor");
    double usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(first));
    return new LongRope(
        first, shorter, longer, s.has("attention_factor") ? s.required("attention_factor") : usual);
  }
}
