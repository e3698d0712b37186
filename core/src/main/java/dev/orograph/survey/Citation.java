package dev.orograph.survey;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.comparison.Comparison;
import dev.orograph.finding.Results;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Instruments;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What a paper says of a figure: which model, by which program and command, and BibTeX of the
 * program and of the methods, from the literature that each analysis names.
 *
 * @param settings of the results
 * @param models names of the models
 * @param compared whether runs were compared
 * @param results what was found
 */
public record Citation(
    Map<String, String> settings, List<String> models, boolean compared, Results results) {
  private static final Pattern REFERENCE =
      Pattern.compile("(.+?) \\((\\d{4})\\)\\. (.+?)\\.(?:\\s+(.*?)\\.?)?", Pattern.DOTALL);
  private static final int LONGEST = 60;
  private static final List<String> SAID = List.of("embedding", "head", "family", "key", "heads");

  /**
   * Of a run.
   *
   * @param run its {@code run.json}; null for what has none
   */
  public static Citation of(Results results, JsonNode run) {
    boolean compared = Comparison.is(results);
    JsonNode several = run == null ? null : run.path(compared ? "runs" : "models");
    List<String> names =
        several == null || several.isEmpty()
            ? List.of(results.model().name())
            : StreamSupport.stream(several.spliterator(), false)
                .map(m -> m.path("name").asText())
                .toList();
    return new Citation(
        results.settings() == null ? Map.of() : results.settings(), names, compared, results);
  }

  /** The command that measures a section of the results again. */
  public String command(String section) {
    List<String> words = new ArrayList<>(List.of("orograph"));
    boolean pair = models.size() == 2 && !compared;
    words.add(compared ? "compare" : pair ? "project" : "survey");
    models.forEach(m -> words.add(quoted(m)));
    if (!compared && !pair) {
      String asked = asked(section);
      if (!asked.isEmpty()) {
        words.add("--only " + asked);
      }
    }
    if (settings.containsKey("seed")) {
      words.add("--seed " + quoted(settings.get("seed")));
    }
    if (!settings.getOrDefault("figures", "all").equals("all")) {
      words.add("--figures " + quoted(settings.get("figures")));
    }
    for (String said : SAID) {
      if (settings.containsKey(said)) {
        words.add("--" + said + " " + quoted(settings.get(said)));
      }
    }
    settings.forEach(
        (name, value) -> {
          if (name.startsWith(section + ".")) {
            // The text of a file stands in the results; the user gave the file.
            boolean text = value.length() > LONGEST || value.contains("\n");
            words.add("--set " + name + "=" + (text ? "FILE" : quoted(value)));
          }
        });
    return String.join(" ", words);
  }

  /** Which analyses a section rests on; "" for all. */
  private String asked(String section) {
    List<String> run =
        results.analyses().stream()
            .filter(a -> !"skipped".equals(a.status()))
            .map(Results.Analysis::id)
            .toList();
    return run.contains(section)
        ? section
        : run.size() == results.analyses().size() ? "" : String.join(",", run);
  }

  /** Which model, program and command: what a caption says behind the words about its figure. */
  public String caption(String section) {
    String version = settings.getOrDefault("version", Survey.VERSION);
    String model =
        compared
            ? "Models: " + String.join(", ", models) + "."
            : "Model: "
                + String.join(", ", models)
                + " ("
                + results.model().family()
                + ", fingerprint "
                + results.model().fingerprint()
                + ").";
    return Text.whole(
        model + " Orograph " + version + ", by the command: " + command(section) + ".");
  }

  /** As a shell reads it back as one word. */
  private static String quoted(String word) {
    String shown = Text.visible(word);
    return shown.matches("[\\w@%+=:,./-]+") ? shown : "'" + shown.replace("'", "'\\''") + "'";
  }

  /** The program. */
  public static String program() {
    return """
        @software{orograph,
          author  = {{The Orograph authors}},
          title   = {Orograph: surveys of the geometry of transformer checkpoints},
          version = {%s},
          license = {Apache-2.0}
        }
        """
        .formatted(Survey.VERSION);
  }

  /** The literature of an analysis, an entry each; "" for what is none. */
  public static String methods(String section) {
    return Instruments.find(section)
        .map(i -> i.card())
        .map(Card::references)
        .orElse(List.of())
        .stream()
        .map(Citation::entry)
        .collect(Collectors.joining());
  }

  /** "Roy, O. &amp; Vetterli, M. (2007). Title. Where." as BibTeX. */
  static String entry(String reference) {
    Matcher m = REFERENCE.matcher(reference);
    if (!m.matches()) {
      throw new IllegalArgumentException("not a reference: " + reference);
    }
    String where = m.group(4);
    return "@misc{"
        + key(m.group(1), m.group(2))
        + ",\n  author = {"
        + authors(m.group(1))
        + "},\n  title  = {"
        + latex(m.group(3))
        + "},\n  year   = {"
        + m.group(2)
        + "}"
        + (where == null || where.isEmpty() ? "" : ",\n  howpublished = {" + latex(where) + "}")
        + "\n}\n";
  }

  private static String key(String authors, String year) {
    return authors.split(",", 2)[0].replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT) + year;
  }

  /** "Surname, I." of each. */
  private static String authors(String text) {
    boolean more = text.endsWith(" et al.");
    String named = more ? text.substring(0, text.length() - " et al.".length()) : text;
    String[] words = named.split(", (?:& )?| & ", -1);
    if (words.length % 2 != 0) {
      return "{" + latex(text) + "}";
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      all.add(latex(words[i] + ", " + words[i + 1]));
    }
    if (more) {
      all.add("others");
    }
    return String.join(" and ", all);
  }

  private static String latex(String text) {
    return text.replaceAll("([&%$#_{}])", "\\\\$1");
  }
}
