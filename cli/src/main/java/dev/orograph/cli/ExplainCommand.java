package dev.orograph.cli;

import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orograph explain}: one analysis in full. */
@Command(
    name = "explain",
    description = "Explains one analysis: formula, source, what it does not show.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph explain spectra",
      "  orograph explain spectra.self_attn_q.stable_rank"
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "ID",
      description = "An analysis (see 'orograph list'), or the id of a figure of a run.")
  private String id;

  @Override
  public Integer call() {
    // A figure's id begins with its analysis's.
    String first = id.contains(".") ? id.substring(0, id.indexOf('.')) : id;
    Instrument<?, ?, ?> analysis =
        Instruments.find(first)
            .orElseThrow(
                () ->
                    new CommandLine.ParameterException(
                        spec.commandLine(), "no analysis '" + first + "'; see 'orograph list'"));
    Card c = analysis.card();
    if (!first.equals(id)) {
      System.out.println(Terminal.wrap(id + " is found by " + first + ":"));
    }
    System.out.println(c.title());
    System.out.println();
    System.out.println(Terminal.wrap(c.method()));
    System.out.println();
    System.out.println(Terminal.wrap("What it does not show: " + c.limits()));
    System.out.println();
    if (!analysis.choices().all().isEmpty()) {
      System.out.println("Options (in a survey: --set " + first + ".OPTION=VALUE):");
      for (Choice<?> choice : analysis.choices().all()) {
        System.out.println(
            Terminal.wrap(
                "  " + choice.option() + " " + choice.value() + "  " + choice.words(), "      "));
      }
      System.out.println();
    }
    System.out.println(Terminal.wrap("Source: " + c.source() + ".", "        "));
    for (String r : c.references()) {
      System.out.println(Terminal.wrap("  - " + r, "    "));
    }
    return 0;
  }
}
