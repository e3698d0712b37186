package dev.orograph.cli;

import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.survey.RunFolder;
import java.nio.file.Path;

/** What a run found, in the few lines that follow it. */
final class Summary {
  /** Of a few hundred figures one or two lie three deviations out by chance alone. */
  private static final double STANDS_OUT = 4;

  private Summary() {}

  static void print(Results results, Path folder, Quiet quiet) {
    if (quiet.quiet()) {
      return;
    }
    System.out.println();
    System.out.println(Terminal.wrap(results.model().paragraph()));
    System.out.println();
    // A comparison's paragraph tells its clearest differences itself.
    if (!results.highlights().isEmpty() && !Comparison.is(results)) {
      Scalar first = (Scalar) results.find(results.highlights().get(0)).orElseThrow();
      System.out.println(
          Math.abs(first.z()) < STANDS_OUT
              ? "Farthest from chance (and still within it):"
              : "Farthest from chance:");
      for (String id : results.highlights()) {
        Scalar s = (Scalar) results.find(id).orElseThrow();
        System.out.println(Terminal.wrap("  * " + s.sentence() + " " + Terminal.z(s.z()), "    "));
      }
      System.out.println();
    }
    for (Results.Analysis a : results.analyses()) {
      if (a.reason() != null && !(results.sections().size() == 1 && a.status().equals("skipped"))) {
        System.out.println(Terminal.visible("Left out: " + a.title() + ": " + a.reason()));
      }
    }
    System.out.println("Report:   " + folder.resolve(RunFolder.REPORT));
    System.out.println("Numbers:  " + folder.resolve(RunFolder.RESULTS));
  }
}
