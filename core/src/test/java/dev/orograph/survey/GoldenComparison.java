package dev.orograph.survey;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Results against those that were kept, each number with the tolerance of its {@link Cause}. */
final class GoldenComparison {
  private static final int SHOWN = 25;
  private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]*(\\.\\d+)?(e[+-]?\\d+)?");

  /**
   * A number or text that is another one.
   *
   * @param times how many times what is allowed it is off; infinite where nothing is
   */
  record Deviation(String place, Cause cause, String golden, String found, double times) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s: %s, was %s (%.2g of %s)", place, found, golden, times, cause);
    }
  }

  /** A number that may be off, until all of its list are known. */
  private record Measured(
      String place, Cause cause, String list, double golden, double found, double spread) {}

  private final List<Deviation> deviations = new ArrayList<>();
  private final List<Measured> numbers = new ArrayList<>();
  private final Map<String, Double> scales = new HashMap<>();
  private int compared;

  private GoldenComparison() {}

  /** Compares whole {@code results.json}s. */
  static GoldenComparison of(JsonNode golden, JsonNode found) {
    GoldenComparison c = new GoldenComparison();
    c.walk("", "", golden, found);
    for (Measured n : c.numbers) {
      double allowed = n.cause.allowed(c.scales.get(n.list));
      if (n.spread > 0) {
        // z = (value - null) / spread: what both may be off by, and the spread itself.
        allowed = (1 + Math.abs(n.golden)) * 2 * allowed / n.spread;
      }
      double off = Math.abs(n.golden - n.found);
      c.add(n.place, n.cause, Double.toString(n.golden), Double.toString(n.found), off / allowed);
    }
    return c;
  }

  /** What differs more than it may, worst first. */
  List<Deviation> beyond() {
    return deviations.stream()
        .filter(d -> !(d.times <= 1))
        .sorted(Comparator.comparingDouble((Deviation d) -> -d.times))
        .limit(SHOWN)
        .toList();
  }

  /** How much was compared, how much differs, and the worst of each cause. */
  @Override
  public String toString() {
    Map<Cause, Deviation> worst = new EnumMap<>(Cause.class);
    for (Deviation d : deviations) {
      worst.merge(d.cause, d, (a, b) -> b.times > a.times ? b : a);
    }
    long beyond = deviations.stream().filter(d -> !(d.times <= 1)).count();
    StringBuilder s = new StringBuilder(compared + " compared, " + deviations.size());
    s.append(" differ, ").append(beyond).append(" more than they may; the worst of each cause:");
    worst.values().forEach(d -> s.append("\n  ").append(d));
    return s.toString();
  }

  private void add(String place, Cause cause, String golden, String found, double times) {
    if (times > 0) {
      deviations.add(new Deviation(place, cause, golden, found, times));
    }
  }

  private void exact(String place, JsonNode golden, JsonNode found) {
    compared++;
    if (!golden.equals(found)) {
      add(place, Cause.EXACT, cut(golden), cut(found), Double.POSITIVE_INFINITY);
    }
  }

  private static String cut(JsonNode node) {
    String text = node.toString();
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }

  /**
   * Walks both trees.
   *
   * @param finding the finding, or section, that this is a part of
   * @param key the place in it without numbers
   */
  private void walk(String finding, String key, JsonNode golden, JsonNode found) {
    walk(finding, key, key, golden, found);
  }

  private void walk(String finding, String key, String list, JsonNode golden, JsonNode found) {
    if (golden.isObject() && found.isObject()) {
      object(finding, key, list, golden, found);
    } else if (golden.isArray() && found.isArray() && golden.size() == found.size()) {
      for (int i = 0; i < golden.size(); i++) {
        String in = golden.get(i).isObject() ? list + "[" + i + "]" : list;
        walk(finding, key, in, golden.get(i), found.get(i));
      }
    } else if (golden.isArray() && found.isArray()) {
      String sizes = golden.size() + " entries";
      add(finding + " " + list, Cause.EXACT, sizes, found.size() + " entries", 1 / 0.0);
    } else if (golden.isDouble() && found.isDouble()) {
      number(finding, key, finding + " " + list, golden.doubleValue(), found.doubleValue(), 0);
    } else if (golden.isTextual() && found.isTextual() && !golden.equals(found)) {
      text(finding + " " + list, golden.textValue(), found.textValue());
    } else {
      exact(finding + " " + list, golden, found);
    }
  }

  private void object(String finding, String key, String list, JsonNode golden, JsonNode found) {
    String id = golden.path("id").asText(finding);
    boolean named = golden.has("id");
    if (named && !golden.get("id").equals(found.get("id"))) {
      exact(finding + " " + list, golden.get("id"), found.path("id"));
      return;
    }
    Iterator<String> names = golden.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!found.has(name)) {
        add(id + " " + name, Cause.EXACT, cut(golden.get(name)), "missing", 1 / 0.0);
      }
    }
    found
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!golden.has(name)) {
                add(id + " " + name, Cause.EXACT, "missing", cut(found.get(name)), 1 / 0.0);
              }
            });
    String kind = golden.path("kind").asText();
    for (Map.Entry<String, JsonNode> e : golden.properties()) {
      String name = e.getKey();
      JsonNode other = found.path(name);
      String in = named || key.isEmpty() ? name : key + "." + name;
      String at = named || list.isEmpty() ? name : list + "." + name;
      if (kind.equals("table") && name.equals("rows")) {
        rows(id, golden.get("columns"), e.getValue(), other);
      } else if (kind.equals("scalar") && e.getValue().isDouble() && other.isDouble()) {
        scalar(id, name, golden, other.doubleValue());
      } else if (!other.isMissingNode()) {
        walk(id, in, at, e.getValue(), other);
      }
    }
  }

  private void rows(String id, JsonNode columns, JsonNode golden, JsonNode found) {
    if (golden.size() != found.size()) {
      add(id + " rows", Cause.EXACT, golden.size() + " rows", found.size() + " rows", 1 / 0.0);
      return;
    }
    int figure = -1;
    for (int j = 0; j < columns.size(); j++) {
      figure = columns.get(j).asText().equals("figure") ? j : figure;
    }
    for (int i = 0; i < golden.size(); i++) {
      // A row about a figure that stands elsewhere is as far off, and for the same cause, as that.
      String about = figure < 0 ? "" : golden.get(i).get(figure).asText("");
      String of = about.matches("\\w+(\\.\\w+)+") ? about : id;
      for (int j = 0; j < columns.size(); j++) {
        walk(of, columns.get(j).asText(), golden.get(i).get(j), found.get(i).path(j));
      }
    }
  }

  /** The figures of a scalar have one scale, except z, which is in spreads, and p. */
  private void scalar(String id, String name, JsonNode golden, double found) {
    double value = golden.get(name).doubleValue();
    String list = id + (name.equals("p") ? " p" : " value");
    boolean z = name.equals("z");
    if (z) {
      compared++;
      double spread = golden.path("null_sd").asDouble();
      numbers.add(new Measured(id + " z", Cause.of(id, "value"), list, value, found, spread));
      return;
    }
    number(id, name, list, value, found, 0);
  }

  private void number(
      String finding, String key, String list, double golden, double found, double spread) {
    compared++;
    scales.merge(list, Math.abs(golden), Math::max);
    numbers.add(new Measured(list, Cause.of(finding, key), list, golden, found, spread));
  }

  /** Equal but for the last digit of numbers that were rounded. */
  private void text(String place, String golden, String found) {
    compared++;
    Matcher g = NUMBER.matcher(golden);
    Matcher f = NUMBER.matcher(found);
    double worst = 0;
    boolean same =
        NUMBER.splitAsStream(golden).toList().equals(NUMBER.splitAsStream(found).toList());
    while (same && g.find()) {
      same = f.find();
      if (same && !g.group().equals(f.group())) {
        worst = Math.max(worst, lastDigits(g.group(), f.group()));
      }
    }
    add(place, same ? Cause.PRINTED : Cause.EXACT, golden, found, same ? worst : 1 / 0.0);
  }

  /** By how many units of the last printed digit; infinite for small whole numbers. */
  private static double lastDigits(String golden, String found) {
    double a = Double.parseDouble(golden.replace(",", ""));
    double b = Double.parseDouble(found.replace(",", ""));
    // Zeros behind are not printed, so that either may have the finer digit.
    double unit = Math.min(unit(golden), unit(found));
    return unit >= 1 && Math.abs(a) < 1000 ? 1 / 0.0 : Math.abs(a - b) / (1.5 * unit);
  }

  private static double unit(String number) {
    int e = number.indexOf('e');
    int end = e < 0 ? number.length() : e;
    int point = number.indexOf('.');
    int decimals = point < 0 ? 0 : end - point - 1;
    return Math.pow(10, (e < 0 ? 0 : Integer.parseInt(number.substring(e + 1))) - decimals);
  }
}
