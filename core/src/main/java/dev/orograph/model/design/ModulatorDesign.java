package dev.orograph.model.design;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the blocks of an encoder and changes the stream h, {@code (batch, positions,
 * d)}, there. Source: seed 003 sections 7 and 12.
 *
 * <pre>{@code
 * LERP      h <- (1 - a_l) h + a_l P g[token]              a_l = sigmoid(alpha_l)
 * LOW_RANK  h <- h + s_l P g[token]                        the same numbers without a bound
 * FIELD     h_A <- h_A prod_k (1 - a_lk + a_lk sigmoid(G_k n_k + b_k)),  the other dimensions as they are
 *           n_k = LayerNorm(d^2 of all pairs, vol^2) of the vertices T_k + s (W_k h_A + c_k)
 *           a_lk = sigmoid(alpha_lk) kept in [floor, ceiling]
 * }</pre>
 *
 * @param kind which of these
 * @param layers blocks of the encoder
 * @param dModel d
 * @param vocabulary rows of g; 0 for a field
 * @param width numbers of a row of g; for a field those of a vertex
 * @param experts k of each expert, the dimension of its simplex; none where there is no field
 * @param free dimensions that a field leaves as they are
 * @param scattered whether those lie anywhere; else they are the last
 * @param floor smallest a of a field
 * @param ceiling largest
 * @param deformation s
 * @param learned which tensors learn: all, or the alphas alone
 */
public record ModulatorDesign(
    Kind kind,
    int layers,
    int dModel,
    int vocabulary,
    int width,
    List<Integer> experts,
    int free,
    boolean scattered,
    double floor,
    double ceiling,
    double deformation,
    Scope learned)
    implements Serializable {
  /** Name of the numbers that decide how much is injected. */
  public static final String ALPHA = "alpha";

  /** Name of g. */
  public static final String TABLE = "geometric_embed.weight";

  /** Name of P. */
  public static final String PROJECTION = "proj.weight";

  /** Name of the dimensions that a field changes. */
  public static final String ACTIVE = "active";

  /** Formula. */
  public enum Kind {
    /** Interpolation towards a vector of the token's. */
    LERP,
    /** A vector of the token's is added. */
    LOW_RANK,
    /** A gate of simplices. */
    FIELD
  }

  /** What learns. */
  public enum Scope {
    /** All that is not a template. */
    ALL,
    /** The alphas. */
    ALPHAS
  }

  /**
   * A tensor of a modulator.
   *
   * @param name as it is stored
   * @param shape sizes, slowest first
   * @param rate its learning rate over the recipe's; 0 for what never learns
   */
  public record Entry(String name, List<Long> shape, double rate) {
    /** Numbers that it has. */
    public int count() {
      return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
    }
  }

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException where one has no meaning
   */
  public ModulatorDesign {
    experts = List.copyOf(experts);
    boolean field = kind == Kind.FIELD;
    int widest = width;
    boolean fits =
        layers > 0
            && dModel > 0
            && width > 0
            && free >= 0
            && free < dModel
            && field != experts.isEmpty()
            && field == (vocabulary == 0)
            && experts.stream().distinct().count() == experts.size()
            && experts.stream().allMatch(k -> k >= 1 && k <= widest)
            && floor >= 0
            && floor < ceiling
            && ceiling <= 1
            && deformation >= 0
            && deformation < Double.POSITIVE_INFINITY
            && (field || free == 0);
    if (!fits) {
      throw new IllegalArgumentException(
          "no modulator: " + kind + " of " + layers + " layers, width " + width + ", k " + experts);
    }
  }

  /** A vector of {@code width} numbers for each token. */
  public static ModulatorDesign lerp(int layers, int dModel, int vocabulary, int width) {
    return new ModulatorDesign(
        Kind.LERP, layers, dModel, vocabulary, width, List.of(), 0, false, 0, 1, 0, Scope.ALL);
  }

  /** As many numbers as {@link #lerp} has, whose product is added. */
  public static ModulatorDesign lowRank(int layers, int dModel, int vocabulary, int width) {
    return new ModulatorDesign(
        Kind.LOW_RANK, layers, dModel, vocabulary, width, List.of(), 0, false, 0, 1, 0, Scope.ALL);
  }

  /** The field of seed 003 section 12: k = 1, 2, 4 in 8 dimensions, a quarter left as it is. */
  public static ModulatorDesign field(int layers, int dModel, boolean scattered) {
    return new ModulatorDesign(
        Kind.FIELD,
        layers,
        dModel,
        0,
        8,
        List.of(1, 2, 4),
        dModel / 4,
        scattered,
        0.001,
        0.35,
        0.05,
        Scope.ALL);
  }

  /** The same where so much learns. */
  public ModulatorDesign learning(Scope other) {
    return new ModulatorDesign(
        kind,
        layers,
        dModel,
        vocabulary,
        width,
        experts,
        free,
        scattered,
        floor,
        ceiling,
        deformation,
        other);
  }

  /** Dimensions that a field changes. */
  public int active() {
    return dModel - free;
  }

  /** Pairs of the vertices of a k-simplex, and its volume. */
  public static int features(int k) {
    return k * (k + 1) / 2 + 1;
  }

  /** The name of an expert's tensor. */
  public static String expert(int k, String what) {
    return "experts.k" + k + "." + what;
  }

  /** The name of a tensor of the gate behind an expert. */
  public static String gate(int k, String what) {
    return "gate_projs.k" + k + ".0." + what;
  }

  /** Its tensors, in the order in which they lie beside each other. */
  public List<Entry> entries() {
    List<Entry> all = new ArrayList<>();
    if (kind != Kind.FIELD) {
      double rate = learned == Scope.ALL ? 1 : 0;
      all.add(new Entry(TABLE, List.of((long) vocabulary, (long) width), rate));
      all.add(new Entry(PROJECTION, List.of((long) dModel, (long) width), rate));
      all.add(new Entry(ALPHA, List.of((long) layers), 1));
      return all;
    }
    double rest = learned == Scope.ALL ? 1 : 0;
    double geometric = rest * 0.1; // what turns geometry learns a tenth as fast, alphas half
    for (int k : experts) {
      long corners = k + 1L;
      long features = features(k);
      all.add(new Entry(expert(k, "_template"), List.of(corners, (long) width), 0));
      all.add(
          new Entry(
              expert(k, "_to_deform.weight"),
              List.of(corners * width, (long) active()),
              geometric));
      all.add(new Entry(expert(k, "_to_deform.bias"), List.of(corners * width), geometric));
      all.add(new Entry(expert(k, "_norm.weight"), List.of(features), geometric));
      all.add(new Entry(expert(k, "_norm.bias"), List.of(features), geometric));
      all.add(new Entry(expert(k, "_validity_proj.0.weight"), List.of(1L, features), 0));
      all.add(new Entry(expert(k, "_validity_proj.0.bias"), List.of(1L), 0));
      all.add(new Entry(gate(k, "weight"), List.of((long) active(), features), rest));
      all.add(new Entry(gate(k, "bias"), List.of((long) active()), rest));
    }
    all.add(new Entry(ALPHA, List.of((long) layers, (long) experts.size()), 0.5));
    all.add(new Entry(ACTIVE, List.of((long) active()), 0));
    return all;
  }

  /** Numbers that learn, as PyTorch counts parameters: without templates. */
  public long parameters() {
    return entries().stream()
        .filter(e -> !e.name().endsWith("_template") && !e.name().equals(ACTIVE))
        .mapToLong(Entry::count)
        .sum();
  }
}
