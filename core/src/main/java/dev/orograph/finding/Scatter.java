package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

/**
 * Many points with names, arranged in one way or several and coloured in one way or several. All
 * lists run over the points, one list per quantity, so that tens of thousands stay small.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param point what a point is, in the singular ("token")
 * @param ids number of each point
 * @param labels name of each point, any text
 * @param layouts ways to arrange them, the first is shown first
 * @param colourings ways to colour them, the first is shown first; may be empty
 * @param neighbours those that truly lie nearest to each, by one measure or several, the first is
 *     shown first; null where that is not known
 * @param reading one sentence: how to read this
 * @param linked name of a group of scatters of the same points in the same order, which are read
 *     side by side; null where it stands alone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Scatter(
    String id,
    String title,
    String point,
    List<Long> ids,
    List<String> labels,
    List<Layout> layouts,
    List<Colouring> colourings,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Neighbours> neighbours,
    String reading,
    String linked)
    implements Finding {
  private static final int DIGITS = 5;

  /** Points whose nearest are not known. */
  public Scatter(
      String id,
      String title,
      String point,
      List<Long> ids,
      List<String> labels,
      List<Layout> layouts,
      List<Colouring> colourings,
      String reading) {
    this(id, title, point, ids, labels, layouts, colourings, null, reading, null);
  }

  /** One that stands alone. */
  public Scatter(
      String id,
      String title,
      String point,
      List<Long> ids,
      List<String> labels,
      List<Layout> layouts,
      List<Colouring> colourings,
      List<Neighbours> neighbours,
      String reading) {
    this(id, title, point, ids, labels, layouts, colourings, neighbours, reading, null);
  }

  /**
   * The nearest of each point, whatever the picture shows.
   *
   * @param measure what nearness is measured by ("cosine")
   * @param count how many each point has
   * @param points them, nearest first, point after point, as places in the lists of the points;
   *     null for one that is not among those
   * @param values what the measure gives
   */
  public record Neighbours(String measure, int count, List<Integer> points, List<Double> values) {}

  /** Checks that every list has an entry per point. */
  public Scatter {
    requireSame(id, "labels", labels.size(), ids.size());
    if (layouts.isEmpty()) {
      throw new IllegalArgumentException(id + ": no layout");
    }
    for (Layout l : layouts) {
      requireSame(id, "'" + l.name() + "', x", l.x().size(), ids.size());
      requireSame(id, "'" + l.name() + "', y", l.y().size(), ids.size());
    }
    for (Neighbours known : neighbours == null ? List.<Neighbours>of() : neighbours) {
      int all = Math.multiplyExact(known.count(), ids.size());
      requireSame(id, "neighbours", known.points().size(), all);
      requireSame(id, "values of neighbours", known.values().size(), all);
      for (Integer p : known.points()) {
        if (p != null && (p < 0 || p >= ids.size())) {
          throw new IllegalArgumentException(id + ": neighbour " + p + " of " + ids.size());
        }
      }
    }
    for (Colouring c : colourings) {
      List<?> entries = c.values() != null ? c.values() : c.members();
      requireSame(id, "'" + c.name() + "'", entries.size(), ids.size());
    }
  }

  private static void requireSame(String id, String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          id + ": " + what + " has " + found + " entries for " + expected + " points");
    }
  }

  /**
   * One way to arrange the points.
   *
   * @param name short name
   * @param across horizontal axis, or null where distances mean something and places do not: then
   *     both directions have one scale and no numbers
   * @param up vertical axis, or null like the other
   * @param x abscissae; null for a point that has no place
   * @param y ordinates
   * @param about what the places mean, and how far they may be trusted
   * @param measure the measure of nearness that it was made by, one of {@link #neighbours}; layouts
   *     of one name by several measures are one to choose. Null where none matters
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Layout(
      String name,
      Axis across,
      Axis up,
      List<Double> x,
      List<Double> y,
      String about,
      String measure) {
    /** One that no measure of nearness made. */
    public Layout(String name, Axis across, Axis up, List<Double> x, List<Double> y, String about) {
      this(name, across, up, x, y, about, null);
    }

    /** Checks that there are two axes or none. */
    public Layout {
      if ((across == null) != (up == null)) {
        throw new IllegalArgumentException("layout '" + name + "': one axis without the other");
      }
    }

    /** Places on a map, rounded. */
    public static Layout map(String name, double[] x, double[] y, String about) {
      return new Layout(name, null, null, rounded(x, false), rounded(y, false), about);
    }

    /** Places between axes, rounded. */
    public static Layout between(
        String name, Axis across, Axis up, double[] x, double[] y, String about) {
      return new Layout(name, across, up, rounded(x, across.log()), rounded(y, up.log()), about);
    }
  }

  /**
   * One way to colour the points: by a number, or by the category they belong to.
   *
   * @param name short name
   * @param value the coloured quantity; null for categories
   * @param values one per point, null where there is none; null for categories
   * @param categories their names; null for numbers
   * @param members index of each point's category, null where it has none; null for numbers
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Colouring(
      String name,
      Axis value,
      List<Double> values,
      List<String> categories,
      List<Integer> members) {
    /** Checks that it is one of the two kinds. */
    public Colouring {
      boolean numbers = value != null && values != null && categories == null && members == null;
      boolean groups = value == null && values == null && categories != null && members != null;
      if (!numbers && !groups) {
        throw new IllegalArgumentException(
            "colouring '" + name + "' is neither by numbers nor by categories");
      }
      for (Integer m : groups ? members : List.<Integer>of()) {
        if (m != null && (m < 0 || m >= categories.size())) {
          throw new IllegalArgumentException(
              "colouring '" + name + "': category " + m + " of " + categories.size());
        }
      }
    }

    /** By a number, rounded. */
    public static Colouring by(String name, Axis value, double[] values) {
      return new Colouring(name, value, rounded(values, true), null, null);
    }

    /** By category. */
    public static Colouring by(String name, List<String> categories, List<Integer> members) {
      return new Colouring(name, null, null, categories, members);
    }
  }

  /**
   * Numbers as a picture needs them: five significant digits, of each where {@code each}, else of
   * the largest in magnitude. What is not finite becomes null.
   */
  public static List<Double> rounded(double[] values, boolean each) {
    double most = 0;
    for (double v : values) {
      if (Double.isFinite(v)) {
        most = Math.max(most, Math.abs(v));
      }
    }
    List<Double> rounded = new ArrayList<>(values.length);
    for (double v : values) {
      rounded.add(Double.isFinite(v) ? (Double) round(v, each ? Math.abs(v) : most) : null);
    }
    return rounded;
  }

  private static double round(double v, double size) {
    if (v == 0 || size == 0) {
      return 0;
    }
    int decimals = DIGITS - 1 - (int) Math.floor(Math.log10(size));
    if (Math.abs(decimals) > 250) {
      return v;
    }
    // Dividing by a power of ten that is exact gives the double nearest to the decimal.
    double power = Math.pow(10, Math.abs(decimals));
    double result = decimals >= 0 ? Math.rint(v * power) / power : Math.rint(v / power) * power;
    return result == 0 ? 0 : result;
  }
}
