package dev.orograph.cli;

import dev.orograph.instrument.Card;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.model.BundledCheckpoint;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code orograph list}: every analysis. */
@Command(
    name = "list",
    description =
        "Lists every analysis, its unit of work and what it needs, and the models that come along.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Override
  public Integer call() {
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
            "Models that come along: " + String.join(", ", BundledCheckpoint.ids()) + "."));
    System.out.println("orograph explain ID tells the method, its source and its limits.");
    return 0;
  }
}
