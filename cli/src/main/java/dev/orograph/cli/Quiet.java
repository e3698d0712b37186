package dev.orograph.cli;

import picocli.CommandLine.Option;

/** The option to say nothing but errors. */
final class Quiet {
  @Option(names = "--quiet", description = "Print nothing but errors.")
  private boolean quiet;

  boolean quiet() {
    return quiet;
  }

  void say(String line) {
    if (!quiet) {
      System.err.println(line);
    }
  }
}
