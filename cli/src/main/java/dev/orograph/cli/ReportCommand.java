package dev.orograph.cli;

import dev.orograph.report.Outputs;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code orograph report}: draws again. */
@Command(
    name = "report",
    description = "Draws the report and the tables of a finished run again, from its results.json.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  orograph report orograph-runs/my-model-1a2b3c4d"})
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "A run folder.")
  private Path run;

  @Override
  public Integer call() {
    System.out.println("Report:   " + Outputs.redraw(run));
    return 0;
  }
}
