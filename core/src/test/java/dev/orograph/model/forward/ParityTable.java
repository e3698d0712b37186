package dev.orograph.model.forward;

import dev.orograph.model.design.Design;
import dev.orograph.model.forward.FamilyFixture.Difference;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
      print(f, f.name(), UnaryOperator.identity());
      if (f.name().startsWith("t5")) {
        print(f, f.name() + ", softmax in float32", FamilyFixture::rounded);
      }
    }
  }

  private static void print(FamilyFixture f, String name, UnaryOperator<Design> change) {
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
                  " | %.1e | %.1e | %s | %.0e",
                  worst.getValue().relative(),
                  absolute,
                  worst.getKey(),
                  p == Precision.FLOAT64 ? f.exact() : FamilyFixture.SINGLE));
    }
    System.out.println(row + " |");
  }
}
