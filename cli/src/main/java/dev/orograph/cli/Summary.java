package dev.orograph.cli;

import dev.orograph.comparison.Comparison;
import dev.orograph.finding.FirstScreen;
import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.survey.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a run found, in the few lines that follow it. */
final class Summary {
  private Summary() {}

  /** Whether one analysis was asked for. */
  private static boolean alone(Results results) {
    return ofAnalyses(results).count() == 1;
  }

  /** Sections of analyses; others sum up what several found. */
  private static Stream<Section> ofAnalyses(Results results) {
    return results.sections().stream()
        .filter(s -> results.analyses().stream().anyMatch(a -> a.id().equals(s.id())));
  }

  /** At the end of a command with analyses of its own: what each of them found comes first. */
  static void ofAnalyses(Results results, Path folder, Quiet quiet) {
    if (!quiet.quiet()) {
      System.out.println();
      ofAnalyses(results).forEach(s -> System.out.println(Terminal.wrap(s.summary())));
      print(results, folder, true);
    }
  }

  static void print(Results results, Path folder, Quiet quiet) {
    if (!quiet.quiet()) {
      print(results, folder, alone(results));
    }
  }

  /**
   * Prints.
   *
   * @param own whether analyses that nobody asked for go without saying
   */
  private static void print(Results results, Path folder, boolean own) {
    System.out.println();
    System.out.println(Terminal.wrap(results.model().paragraph()));
    System.out.println();
    broken(results);
    // A comparison's paragraph tells its clearest differences itself.
    if (!Comparison.is(results) && FirstScreen.tested(results.sections())) {
      System.out.println(results.highlights().isEmpty() ? FirstScreen.NOTHING : "What stands out:");
      for (String id : results.highlights()) {
        Scalar s = (Scalar) results.find(id).orElseThrow();
        String standing = results.standings() == null ? null : results.standings().get(id);
        System.out.println(
            Terminal.wrap(
                "  * "
                    + s.sentence()
                    + " "
                    + Terminal.z(s.z())
                    + (standing == null ? "" : " " + standing),
                "    "));
      }
      System.out.println();
    }
    leftOut(results);
    long unasked = results.analyses().stream().filter(a -> a.status().equals("skipped")).count();
    if (unasked > 0 && !own) {
      System.out.println(
          Terminal.wrap(
              "Not asked for: "
                  + unasked
                  + (unasked == 1 ? " other analysis" : " other analyses")
                  + "; 'orograph list' names them, and --only ID --out "
                  + folder
                  + " adds one.",
              "  "));
    }
    System.out.println("Report:   " + folder.resolve(RunFolder.REPORT));
    System.out.println("Numbers:  " + folder.resolve(RunFolder.RESULTS));
  }

  /** That numbers are broken is told before what stands out, once: every analysis notes it. */
  private static void broken(Results results) {
    List<Note> notes =
        results.sections().stream()
            .flatMap(s -> s.findings().stream())
            .filter(f -> f instanceof Note && f.id().endsWith(".non_finite"))
            .map(Note.class::cast)
            .toList();
    if (!notes.isEmpty()) {
      System.out.println(
          Terminal.wrap(
              "Broken numbers: "
                  + notes.get(0).text()
                  + (notes.size() == 1
                      ? ""
                      : " The report says of " + notes.size() + " analyses what they leave out."),
              "  "));
      System.out.println();
    }
  }

  /** What does not apply, by why. */
  private static void leftOut(Results results) {
    Map<String, List<String>> titles = new LinkedHashMap<>();
    for (Results.Analysis a : results.analyses()) {
      if (a.reason() != null && !a.status().equals("skipped")) {
        titles.computeIfAbsent(a.reason(), r -> new ArrayList<>()).add(a.title());
      }
    }
    titles.forEach(
        (why, which) ->
            System.out.println(
                Terminal.wrap("Left out: " + String.join("; ", which) + ": " + why, "  ")));
  }
}
