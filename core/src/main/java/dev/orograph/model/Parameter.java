package dev.orograph.model;

import dev.orograph.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A weight with its role: a stored tensor, or one part of a tensor that holds several.
 *
 * @param tensor where it lies
 * @param role what it does
 * @param transposed whether a matrix is stored {@code (inputs, outputs)} instead of {@code
 *     (outputs, inputs)}
 * @param group what it is compared with: its component, or for unrecognised names the name with the
 *     numbers that count layers replaced by {@code *}, so that the same matrix of different layers
 *     falls together
 */
public record Parameter(TensorInfo tensor, Role role, boolean transposed, String group) {
  private static final int SHORT = 16;

  /** What names of experts' tensors have in them. */
  private static final String EXPERT = "(?:expert|_exps?\\b|moe)";

  private static final Pattern EXPERTS = Pattern.compile("(?s)(?i).*" + EXPERT + ".*");

  /** A bias, and the names that experts' biases have in one table. */
  private static final Pattern BIAS =
      Pattern.compile("(?s)(?:.*[._])?bias(?:es)?|(?i).*" + EXPERT + ".*[._](?:b\\d?|bias\\w*)");

  /** One that is compared by its component, or by its name with every number replaced. */
  public Parameter(TensorInfo tensor, Role role, boolean transposed) {
    this(tensor, role, transposed, group(tensor, role));
  }

  private static String group(TensorInfo tensor, Role role) {
    return role.component() == Component.OTHER
        ? tensor.name().replaceAll("(?<=^|\\.)\\d+(?=\\.|$)", "*")
        : role.component().id();
  }

  /** The same in another group. */
  Parameter in(String other) {
    return group.equals(other) ? this : new Parameter(tensor, role, transposed, other);
  }

  /** The same as another component. */
  Parameter as(Component other) {
    return new Parameter(tensor, new Role(role.stack(), role.layer(), other), transposed);
  }

  /** Whether it was learned: a floating-point tensor that is no mask or table. */
  public boolean weight() {
    return tensor.dtype().floating() && tensor.count() > 0 && role.component() != Component.BUFFER;
  }

  /** Whether it is a two-dimensional weight; a bias is none, though experts' lie in a table. */
  public boolean matrix() {
    return weight() && tensor.rank() == 2 && !bias();
  }

  private boolean bias() {
    return BIAS.matcher(tensor.storedName()).matches();
  }

  /**
   * The matrices that it is or holds: itself, each expert of a packed tensor {@code (experts,
   * ...)}, or a convolution as {@code (outputs, everything else)}. Empty for anything else.
   */
  public List<Parameter> matrices() {
    if (matrix()) {
      return List.of(this);
    }
    List<Long> shape = tensor.shape();
    if (!weight() || shape.size() < 3 || bias() || tensor.isPart()) {
      return List.of();
    }
    long first = shape.get(0);
    long rest = tensor.count() / first;
    if (tensor.dtype().block() > 1 && shape.get(shape.size() - 1) % tensor.dtype().block() != 0) {
      return List.of();
    }
    if (shape.size() == 3 && EXPERTS.matcher(tensor.name()).matches()) {
      List<Parameter> experts = new ArrayList<>();
      for (int i = 0; i < first; i++) {
        experts.add(part("expert " + i, shape.subList(1, 3), i * rest, rest, false));
      }
      return experts;
    }
    boolean flax = tensor.name().matches("(?s)(.*[./])?kernel");
    if (flax && (shape.size() > 3 || tensor.name().toLowerCase(Locale.ROOT).contains("conv"))) {
      // Its convolutions have their outputs last; its projections of three dimensions are none.
      long last = shape.get(shape.size() - 1);
      long inputs = tensor.count() / last;
      return List.of(part(inputs + " x " + last, List.of(inputs, last), 0, tensor.count(), true));
    }
    return !flax && convolution()
        ? List.of(part(first + " x " + rest, List.of(first, rest), 0, tensor.count(), false))
        : List.of();
  }

  /**
   * Whether a tensor of three and more dimensions is the kernel of a convolution, as far as told.
   */
  private boolean convolution() {
    List<Long> shape = tensor.shape();
    boolean named = tensor.name().toLowerCase(Locale.ROOT).matches("(?s).*(conv|patch_embed).*");
    boolean small = shape.subList(2, shape.size()).stream().allMatch(n -> n <= SHORT);
    return shape.get(0) > 1 && (named || (shape.size() > 3 && small));
  }

  private Parameter part(String what, List<Long> shape, long start, long count, boolean flipped) {
    return new Parameter(tensor.part(what, shape, start, count, count), role, flipped, group);
  }

  /** Outputs of a matrix. */
  public long outputs() {
    return transposed ? tensor.columns() : tensor.rows();
  }

  /** Inputs of a matrix. */
  public long inputs() {
    return transposed ? tensor.rows() : tensor.columns();
  }
}
