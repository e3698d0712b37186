package dev.orograph.cli;

import dev.orograph.instrument.Card;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.report.ResultsJson;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code orograph list}: every analysis. */
@Command(
    name = "list",
    description =
        "Lists every analysis, its unit of work and what it needs, and the models that come along.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  /** An analysis, as data. */
  private record Listed(String id, String group, String needs, Card card) {}

  /** All that is listed. */
  private record All(List<Listed> analyses, List<String> models) {}

  @Override
  public Integer call() {
    if (json) {
      System.out.println(
          ResultsJson.text(
              new All(
                  Instruments.ALL.stream()
                      .map(
                          i ->
                              new Listed(
                                  i.card().id(), i.needs().group(), i.needs().words(), i.card()))
                      .toList(),
                  Arrays.stream(BundledCheckpoint.values()).map(BundledCheckpoint::id).toList())));
      return 0;
    }
    for (Instrument<?, ?, ?> i : Instruments.ALL) {
      Card c = i.card();
      System.out.printf(Locale.ROOT, "%-12s %s%n", c.id(), c.title());
      System.out.println(Terminal.wrap("             measures " + c.measures(), "             "));
      System.out.println(
          Terminal.wrap(
              "             one piece of work is a " + c.unit() + "; needs " + i.needs().words(),
              "             "));
    }
    System.out.println();
    System.out.println(
        Terminal.wrap(
            "Models that come along: "
                + names(b -> !b.brought())
                + "; that Maven brings on first use: "
                + names(BundledCheckpoint::brought)
                + "."));
    System.out.println("orograph explain ID tells the method, its source and its limits.");
    return 0;
  }

  private static String names(Predicate<BundledCheckpoint> which) {
    return Arrays.stream(BundledCheckpoint.values())
        .filter(which)
        .map(BundledCheckpoint::id)
        .collect(Collectors.joining(", "));
  }
}
