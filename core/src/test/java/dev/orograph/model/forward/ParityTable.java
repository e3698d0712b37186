package dev.orograph.model.forward;

import dev.orograph.model.design.Design;
import dev.orograph.model.forward.FamilyFixture.Difference;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Prints how far every family's states are from the reference's, as a table in Markdown. */
final class ParityTable {
  private ParityTable() {}

  /** {@code benchmarks/run parity}. */
  public static void main(String[] args) {
    System.out.println(
        "| family | states | float64: relative | absolute | at | allowed | float32: relative |"
            + " absolute | at | allowed |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (FamilyFixture f : FamilyFixture.all().toList()) {
      print(f, f.name(), UnaryOperator.identity(), f::allowed);
      if (f.name().startsWith("t5")) {
        print(
            f,
            f.name() + ", softmax in float32",
            FamilyFixture::rounded,
            p -> p == Precision.FLOAT64 ? f.allowedRounded() : f.allowed(p));
      }
    }
  }

  private static void print(
      FamilyFixture f,
      String name,
      UnaryOperator<Design> change,
      Function<Precision, Map<String, Double>> allowed) {
    StringBuilder row = new StringBuilder("| " + name);
    for (Precision p : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
      Map<String, Difference> all = f.differences(f.folder(), p, change, UnaryOperator.identity());
      Map.Entry<String, Difference> worst =
          all.entrySet().stream()
              .max(Comparator.comparingDouble(e -> e.getValue().relative()))
              .orElseThrow();
      double absolute = all.values().stream().mapToDouble(Difference::absolute).max().orElseThrow();
      row.append(p == Precision.FLOAT64 ? " | " + all.size() : "")
          .append(
              String.format(
                  Locale.ROOT,
                  " | %.1e | %.1e | %s | %.1e",
                  worst.getValue().relative(),
                  absolute,
                  worst.getKey(),
                  allowed.apply(p).get(worst.getKey())));
    }
    System.out.println(row + " |");
  }
}
