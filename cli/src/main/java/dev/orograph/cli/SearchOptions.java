package dev.orograph.cli;

import dev.orograph.input.InputException;
import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.instrument.rows.TokenSearch.Hit;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.instrument.rows.TokenSearch.Word;
import dev.orograph.model.Model;
import dev.orograph.report.ResultsJson;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What the commands that look tokens up let their user choose, and how they show what they find.
 */
final class SearchOptions {
  /** Which matrix. */
  enum Matrix {
    EMBEDDING,
    HEAD
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--metric",
      defaultValue = "cosine",
      description = "cosine, euclidean or causal (default: ${DEFAULT-VALUE}).")
  private Metric metric;

  @Option(
      names = "--matrix",
      description = "embedding or head (default: the embedding where one is stored).")
  private Matrix matrix;

  @Option(
      names = {"-k", "--count"},
      defaultValue = "10",
      description = "How many tokens to show (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--strict",
      description = "Refuse a word of several tokens instead of taking the mean of their rows.")
  private boolean strict;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  void check() {
    if (count < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--count must be at least 1, not " + count);
    }
  }

  TokenSearch search(Model model) {
    return TokenSearch.of(model, matrix == null ? "" : matrix.name().toLowerCase(Locale.ROOT));
  }

  /** The word, said aloud. */
  Word word(Path file, TokenSearch search, String text) {
    Word word = search.word(text);
    String pieces =
        word.tokens().stream()
            .map(t -> t + (search.text(t).isEmpty() ? "" : " '" + search.text(t) + "'"))
            .collect(Collectors.joining(", "));
    if (word.tokens().size() == 1 && json) {
      return word;
    }
    if (word.tokens().size() == 1) {
      System.out.println(Terminal.wrap("'" + text + "' is token " + pieces, "  "));
    } else if (strict) {
      throw InputException.at(file)
          .place("'" + text + "'")
          .expected("should be one token")
          .found("it is " + word.tokens().size() + ": " + pieces)
          .remedy("name another word, or leave out --strict for the mean of their rows")
          .build();
    } else {
      System.err.println(
          Terminal.wrap(
              "orograph: '"
                  + text
                  + "' is "
                  + word.tokens().size()
                  + " tokens ("
                  + pieces
                  + "): the mean of their rows is taken",
              "  "));
    }
    return word;
  }

  Metric metric() {
    return metric;
  }

  int count() {
    return count;
  }

  /** Shows it. */
  void print(TokenSearch.Answer answer) {
    if (json) {
      System.out.println(ResultsJson.text(answer));
      return;
    }
    String what = metric == Metric.COSINE ? "cosine" : "distance";
    System.out.printf(Locale.ROOT, "%n%6s  %9s  %8s  %s%n", "rank", what, "token", "text");
    int rank = 1;
    for (Hit h : answer.hits()) {
      System.out.printf(
          Locale.ROOT,
          "%6d  %9.4f  %8d  %s%n",
          rank++,
          metric == Metric.COSINE ? 1 - h.distance() : h.distance(),
          h.token(),
          h.text().isEmpty()
              ? "#" + h.token()
              : Terminal.visible(
                  h.text().startsWith("#" + h.token() + ",") ? h.text() : "'" + h.text() + "'"));
    }
    System.out.println();
    System.out.println(Terminal.wrap("over all rows of '" + answer.tensor() + "'"));
    if (answer.given() != null) {
      System.out.println(
          Terminal.wrap(
              "Nearest of all is '"
                  + answer.given().text()
                  + "' itself, one of the three: the answer rests on leaving them out."));
    }
  }
}
