package dev.orograph.lexicon;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * WordNet 3.0 in memory: its synsets numbered from 0, adjectives before adverbs, nouns and verbs,
 * each in the order of their offsets, which is the order of NLTK's {@code all_synsets()}.
 *
 * <p>Text stays as the bytes of the files until it is asked for. Nothing changes after reading, so
 * that any number of threads may ask. Format: wndb(5WN); spellings of definitions and names: NLTK
 * 3.8.
 */
public final class WordNet {
  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn30/";
  private static final int BYTE = 8;

  /** Says where an adjective stands: {@code afloat(p)}. */
  private static final Pattern MARK = Pattern.compile("\\(.*\\)$");

  private static final Pattern QUOTED = Pattern.compile("\".*?\"");

  private final WordNetFiles files;
  private final int[] order;

  private WordNet(WordNetFiles files) {
    this.files = files;
    this.order = byName();
  }

  /**
   * WordNet 3.0, which comes with the program, as Princeton published it and NLTK reads it.
   *
   * @throws InputException where its artefact is not on the class path
   */
  public static WordNet load() {
    return load(false);
  }

  /**
   * The same without its one cycle of hypernyms: as in Debian's edition (wordnet-base 3.0-37) the
   * synset of inhibit at 02423762 is a kind of suppress.v.04, not of the one that is a kind of it.
   *
   * @throws InputException where its artefact is not on the class path
   */
  public static WordNet loadMended() {
    return load(true);
  }

  private static WordNet load(boolean mend) {
    return new WordNet(
        WordNetFiles.read(
            Path.of("wn30"),
            name -> {
              try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + name)) {
                if (in == null) {
                  throw InputException.at(Path.of(FOLDER + name))
                      .expected("must come with the program")
                      .found("is not on the class path")
                      .remedy("add net.sf.extjwnl:extjwnl-data-wn30, or build the program anew")
                      .build();
                }
                return in.readAllBytes();
              }
            },
            mend));
  }

  /**
   * The data and index files of a folder: {@code data.noun}, {@code index.noun} and so on.
   *
   * @throws InputException where one of them is missing, cut or no such file
   */
  public static WordNet read(Path folder) {
    return new WordNet(
        WordNetFiles.read(folder, name -> WordNetFiles.bytes(folder.resolve(name)), false));
  }

  /** The licence, as it stands at the head of the data. */
  public static String licence() {
    try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + "data.noun")) {
      return new String(in.readNBytes(1 << 12), StandardCharsets.US_ASCII)
          .lines()
          .takeWhile(l -> l.startsWith("  "))
          .map(l -> l.replaceFirst("^ +\\d+ ?", "").stripTrailing())
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw InputException.unreadable(Path.of(FOLDER), e);
    }
  }

  /** How many synsets there are: 117,659. */
  public int size() {
    return files.offset.length;
  }

  /** The part of speech of a synset. */
  public PartOfSpeech pos(int synset) {
    return PartOfSpeech.values()[files.pos[synset]];
  }

  /** Where its line begins in the data file of its part of speech. */
  public int offset(int synset) {
    return files.offset[synset];
  }

  /** The file of the lexicographers that it comes from: {@code noun.animal}. */
  public String lexname(int synset) {
    return files.lexnames.get(files.lexname[synset]);
  }

  /** The synset at that offset of a part of speech, or -1. */
  public int at(PartOfSpeech pos, int offset) {
    return files.find(WordNetFiles.fileOf(pos), offset);
  }

  /** Its words as NLTK has them, underscores for spaces. */
  public List<String> lemmas(int synset) {
    byte[] text = files.text(synset);
    int at = files.line[synset] + BYTE + 6;
    int count = Integer.parseInt(ascii(text, at, at + 2), 16);
    at += 3;
    List<String> lemmas = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      int end = WordNetFiles.space(text, at);
      lemmas.add(bare(new String(text, at, end - at, StandardCharsets.UTF_8)));
      at = WordNetFiles.space(text, end + 1) + 1;
    }
    return lemmas;
  }

  private static String bare(String lemma) {
    return lemma.endsWith(")") ? MARK.matcher(lemma).replaceFirst("") : lemma;
  }

  /** Its first word. */
  public String lemma(int synset) {
    return bare(new String(files.firstLemma(synset), StandardCharsets.UTF_8));
  }

  /** Definition and examples as they stand in the file. */
  public String gloss(int synset) {
    byte[] text = files.text(synset);
    int from = files.gloss[synset];
    int to = from;
    while (text[to] != '\n') {
      to++;
    }
    return new String(text, from, to - from, StandardCharsets.UTF_8).strip();
  }

  /** The gloss without what stands between quotes, without semicolons and spaces at its ends. */
  public String definition(int synset) {
    String rest = QUOTED.matcher(gloss(synset)).replaceAll("").strip();
    int from = 0;
    int to = rest.length();
    while (from < to && edge(rest.charAt(from))) {
      from++;
    }
    while (to > from && edge(rest.charAt(to - 1))) {
      to--;
    }
    return rest.substring(from, to);
  }

  private static boolean edge(char c) {
    return c == ';' || c == ' ';
  }

  /** Its name: {@code dog.n.01}, the first word in lower case and which of its senses it is. */
  public String name(int synset) {
    return stem(synset) + two(files.sense[synset]);
  }

  private String stem(int synset) {
    return lemma(synset).toLowerCase(java.util.Locale.ROOT) + "." + pos(synset).letter() + ".";
  }

  private static String two(int n) {
    return n < 10 ? "0" + n : Integer.toString(n);
  }

  /** Its place among all synsets in the order of their names, which settles ties in NLTK. */
  int rank(int synset) {
    return order[synset];
  }

  private int[] byName() {
    int n = size();
    String[] names = new String[n];
    Integer[] sorted = new Integer[n];
    for (int i = 0; i < n; i++) {
      names[i] = name(i);
      sorted[i] = i;
    }
    Arrays.sort(sorted, (a, b) -> names[a].compareTo(names[b]));
    int[] ranks = new int[n];
    for (int i = 0; i < n; i++) {
      ranks[sorted[i]] = i;
    }
    return ranks;
  }

  /** What it is a kind of, in the order of their names; what it is an instance of is left out. */
  public List<Integer> hypernyms(int synset) {
    return above(synset, false);
  }

  /** What it is an instance of, in the order of their names. */
  public List<Integer> instanceHypernyms(int synset) {
    return above(synset, true);
  }

  private List<Integer> above(int synset, boolean instance) {
    int from = files.above[synset];
    int to = files.above[synset + 1];
    if (from == to) {
      return List.of();
    }
    List<Integer> all = new ArrayList<>(to - from);
    for (int k = from; k < to; k++) {
      if (files.instance.get(k) == instance) {
        all.add(files.hypernym[k]);
      }
    }
    all.sort((a, b) -> Integer.compare(order[a], order[b]));
    return Collections.unmodifiableList(all);
  }

  /** Where the synsets right above each one stand in {@link #edges}. */
  int[] edgeStarts() {
    return files.above;
  }

  /** The synsets right above, of both kinds. */
  int[] edges() {
    return files.hypernym;
  }

  private static String ascii(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.US_ASCII);
  }
}
