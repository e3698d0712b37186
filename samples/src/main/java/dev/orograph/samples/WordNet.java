package dev.orograph.samples;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the data files of WordNet 3.0: a line per synset, adjectives before adverbs, nouns and
 * verbs, each in the order of their offsets.
 *
 * <p>Format: wndb(5WN). Definition and examples are told apart as NLTK does it: what stands between
 * quotes are examples.
 */
final class WordNet {
  private static final List<String> KINDS = List.of("adjective", "adverb", "noun", "verb");
  private static final List<String> FILES = List.of("adj", "adv", "noun", "verb");
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn30/data.";
  private static final int LEMMA = 4;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
  private static final Pattern AT_ENDS = Pattern.compile("^[;\\s]+|[;\\s]+$");

  /** Says where an adjective stands: {@code afloat(p)}. */
  private static final Pattern PLACE = Pattern.compile("\\((?:a|p|ip)\\)$");

  private WordNet() {}

  /** All 117,659 synsets. */
  static List<Synset> synsets() {
    List<Synset> all = new ArrayList<>();
    for (int i = 0; i < KINDS.size(); i++) {
      String name = FOLDER + FILES.get(i);
      try (BufferedReader lines = open(name)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!line.startsWith("  ")) { // the licence
            all.add(synset(KINDS.get(i), line, Path.of(name)));
          }
        }
      } catch (IOException e) {
        throw InputException.unreadable(Path.of(name), e);
      }
    }
    return all;
  }

  /** The licence, as it stands at the head of the data. */
  static String licence() {
    String name = FOLDER + "noun";
    try (BufferedReader lines = open(name)) {
      return lines
          .lines()
          .takeWhile(l -> l.startsWith("  "))
          .map(l -> l.replaceFirst("^ +\\d+ ?", "").stripTrailing())
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw InputException.unreadable(Path.of(name), e);
    }
  }

  private static BufferedReader open(String name) {
    return new BufferedReader(
        new InputStreamReader(WordNet.class.getResourceAsStream(name), StandardCharsets.US_ASCII));
  }

  /** The synset of a line of a data file. */
  static Synset synset(String kind, String line, Path file) {
    int bar = line.indexOf(" | ");
    String[] fields = line.split(" ", LEMMA + 2);
    if (bar < 0 || fields.length < LEMMA + 2 || !fields[0].matches("\\d{8}")) {
      throw InputException.at(file)
          .expected("must hold synsets: an offset, words, a bar and a gloss")
          .found("has the line " + Text.quoted(line))
          .remedy("take the data of WordNet 3.0")
          .build();
    }
    String gloss = line.substring(bar + 3).strip();
    List<String> examples = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(gloss);
    while (quoted.find()) {
      if (!quoted.group(1).isBlank()) {
        examples.add(quoted.group(1).strip());
      }
    }
    String definition = quoted.replaceAll(" ").replaceAll("(?:\\s*;)+\\s+|\\s+;", "; ");
    return new Synset(
        kind,
        Integer.parseInt(fields[0]),
        PLACE.matcher(fields[LEMMA]).replaceFirst("").replace('_', ' '),
        AT_ENDS.matcher(definition.replaceAll("\\s+", " ")).replaceAll(""),
        examples);
  }
}
