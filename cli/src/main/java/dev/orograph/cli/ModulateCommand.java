package dev.orograph.cli;

import dev.orograph.finding.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orograph modulate}: a geometry of WordNet in the stream of an encoder. */
@Command(
    name = "modulate",
    description =
        "Puts a geometry of WordNet into the stream of a T5's encoder: builds it, trains it beside"
            + " the frozen model, sweeps its strength, or lets both models talk.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph modulate build sample:t5                WordNet, vectors, alignment, before and"
          + " after",
      "  orograph modulate train sample:t5 --save mod     ten epochs, alphas over time",
      "  orograph modulate train sample:t5 --controls     whether geometry helps, with an interval",
      "  orograph modulate sweep sample:t5                alphas from .01 to .5, .29154 among them",
      "  orograph modulate talk sample:t5 --modulator mod/config.json",
      "",
      "A training that was interrupted goes on where it stopped when the same command is given"
          + " again.",
    })
final class ModulateCommand implements Callable<Integer> {
  /** What is done. */
  enum What {
    /** Makes a modulator and measures. */
    BUILD,
    /** Trains it. */
    TRAIN,
    /** Measures it at several alphas. */
    SWEEP,
    /** Answers side by side. */
    TALK
  }

  @Parameters(index = "0", paramLabel = "WHAT", description = "build, train, sweep or talk.")
  private What what;

  @Parameters(index = "1", paramLabel = "MODEL", description = "A T5: a folder, file or name.")
  private Path model;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    options.check();
    options.set("what", what.name().toLowerCase(Locale.ROOT));
    RunOptions.Run run =
        options.survey(model, false, "have an encoder that reads words of WordNet, and a decoder");
    if (what == What.TALK) {
      run.results().find("modulate.talk").ifPresent(f -> told((Table) f));
    }
    Summary.ofAnalyses(run.results(), run.folder(), options.run().quiet());
    return 0;
  }

  /** Both answers under their prompt. */
  private static void told(Table answers) {
    for (List<Object> row : answers.rows()) {
      System.out.println(Terminal.lines("PROMPT     " + row.get(0)));
      System.out.println(Terminal.lines("plain      " + row.get(1)));
      System.out.println(Terminal.lines("modulated  " + row.get(2)));
      System.out.println("           " + row.get(3) + " of " + row.get(4) + " tokens differ");
      System.out.println();
    }
  }
}
