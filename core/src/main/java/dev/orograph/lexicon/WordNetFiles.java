package dev.orograph.lexicon;

import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The data and index files of WordNet, checked line by line, as arrays of ints. */
final class WordNetFiles {
  static final List<String> FILES = List.of("adj", "adv", "noun", "verb");
  private static final String REMEDY = "take the data of WordNet 3.0, whole";
  private static final int DIGITS = 8;
  private static final int RESTRAIN = 2_422_663;
  private static final int INHIBIT = 2_423_762;
  private static final int SUPPRESS = 612_841;

  /** Synsets of a file; more would not be WordNet, and ids must fit. */
  private static final int MOST = 1 << 22;

  private static final int MOST_BYTES = 64 << 20;

  /** Brings the bytes of a file. */
  interface Source {
    byte[] bytes(String name) throws IOException;
  }

  private final Path folder;
  private final byte[][] texts = new byte[FILES.size()][];
  private final int[] first = new int[FILES.size() + 1];

  /** Of each synset: where its line begins, in the file and as the line itself says. */
  int[] line = new int[1 << 17];

  int[] offset;
  byte[] pos = new byte[1 << 17];
  byte[] lexname = new byte[1 << 17];
  int[] gloss = new int[1 << 17];
  int[] sense;
  int[] above = new int[1 << 17];
  int[] hypernym = new int[1 << 17];
  final BitSet instance = new BitSet();
  List<String> lexnames;
  private int count;
  private int edges;

  private WordNetFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads all of them.
   *
   * @param mend whether their one cycle is taken out
   */
  static WordNetFiles read(Path folder, Source source, boolean mend) {
    WordNetFiles all = new WordNetFiles(folder);
    all.lexnames = all.lexnames(source);
    for (int f = 0; f < FILES.size(); f++) {
      all.first[f] = all.count;
      all.texts[f] = all.bytes(source, "data." + FILES.get(f));
      all.data(f);
    }
    all.first[FILES.size()] = all.count;
    all.trim();
    all.link();
    if (mend) {
      all.mend();
    }
    for (int f = 0; f < FILES.size(); f++) {
      all.index(f, all.bytes(source, "index." + FILES.get(f)));
    }
    return all;
  }

  /** A file of a folder; the largest of WordNet 3.0 has 16 MB. */
  static byte[] bytes(Path file) {
    return SafePath.bytes(file, MOST_BYTES, REMEDY);
  }

  private byte[] bytes(Source source, String name) {
    try {
      return source.bytes(name);
    } catch (IOException e) {
      throw InputException.unreadable(folder.resolve(name), e);
    }
  }

  private List<String> lexnames(Source source) {
    List<String> names = new ArrayList<>();
    for (String line :
        new String(bytes(source, "lexnames"), StandardCharsets.UTF_8).lines().toList()) {
      String[] fields = line.split("\t", -1);
      if (fields.length < 2 || names.size() > 99 || fields[1].isEmpty()) {
        throw fault("lexnames", "line " + (names.size() + 1), "a number and a name", line);
      }
      names.add(fields[1]);
    }
    return names;
  }

  static int fileOf(PartOfSpeech pos) {
    return switch (pos) {
      case ADJECTIVE, SATELLITE -> 0;
      case ADVERB -> 1;
      case NOUN -> 2;
      case VERB -> 3;
    };
  }

  byte[] text(int synset) {
    return texts[fileOf(PartOfSpeech.values()[pos[synset]])];
  }

  byte[] firstLemma(int synset) {
    byte[] text = text(synset);
    int at = line[synset] + DIGITS + 9;
    return Arrays.copyOfRange(text, at, space(text, at));
  }

  private void data(int f) {
    byte[] text = texts[f];
    int number = 0;
    for (int at = 0; at < text.length; ) {
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      number++;
      if (text[at] != ' ') { // the licence
        try {
          synset(f, at, end);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
          throw damaged(f, number, at, end);
        }
        if (end == text.length) {
          throw fault(
              "data." + FILES.get(f), "line " + number, "end with a line's end", "the file is cut");
        }
      }
      at = end + 1;
    }
    if (count == first[f]) {
      throw fault("data." + FILES.get(f), "the file", "hold synsets", "there is none");
    }
  }

  private InputException damaged(int f, int number, int at, int end) {
    String found = new String(texts[f], at, Math.min(end - at, 80), StandardCharsets.UTF_8);
    return fault(
        "data." + FILES.get(f),
        "line " + number,
        "be a synset: its own place in the file, its words, pointers, a bar and a gloss",
        Text.quoted(found));
  }

  private InputException fault(String file, String place, String must, String found) {
    return InputException.at(folder.resolve(file))
        .place(place)
        .expected("must " + must)
        .found(found)
        .remedy(REMEDY)
        .build();
  }

  /** {@code 00001740 03 n 01 entity 0 003 ~ 00001930 n 0000 ... | gloss}. */
  private void synset(int f, int at, int end) {
    byte[] text = texts[f];
    int words = hex(text, at + DIGITS + 6);
    PartOfSpeech kind = PartOfSpeech.of(text[at + DIGITS + 4]);
    int lex = number(text, at + DIGITS + 1, 2);
    // A line says where it stands, so that a file that was cut or edited shows.
    if (number(text, at, DIGITS) != at
        || kind == null
        || fileOf(kind) != f
        || words < 1
        || lex >= lexnames.size()
        || count >= MOST) {
      throw new NumberFormatException();
    }
    grow();
    line[count] = at;
    pos[count] = (byte) kind.number();
    lexname[count] = (byte) lex;
    above[count] = edges;
    int k = at + DIGITS + 9;
    for (int w = 0; w < 2 * words; w++) {
      k = within(space(text, k), end) + 1;
    }
    int pointers = number(text, k, 3);
    k += 4;
    for (int p = 0; p < pointers; p++) {
      int mark = within(space(text, k), end);
      boolean isA = text[k] == '@';
      int to = number(text, mark + 1, DIGITS);
      int next = within(mark + 1 + DIGITS + 8, end);
      if (isA && whole(text, mark + 4 + DIGITS)) {
        if (edges == hypernym.length) {
          hypernym = Arrays.copyOf(hypernym, 2 * edges);
        }
        instance.set(edges, mark - k > 1);
        hypernym[edges++] = to;
      }
      k = next;
    }
    while (text[k] != '|') {
      k = within(k + 1, end);
    }
    gloss[count++] = k + 1;
  }

  /** Whether a pointer is from synset to synset, not from word to word. */
  private static boolean whole(byte[] text, int at) {
    return text[at] == '0' && text[at + 1] == '0' && text[at + 2] == '0' && text[at + 3] == '0';
  }

  private static int within(int at, int end) {
    if (at >= end) {
      throw new NumberFormatException();
    }
    return at;
  }

  private void grow() {
    if (count + 1 >= line.length) {
      line = Arrays.copyOf(line, 2 * line.length);
      pos = Arrays.copyOf(pos, 2 * pos.length);
      lexname = Arrays.copyOf(lexname, 2 * lexname.length);
      gloss = Arrays.copyOf(gloss, 2 * gloss.length);
      above = Arrays.copyOf(above, 2 * above.length);
    }
  }

  private void trim() {
    line = Arrays.copyOf(line, count);
    offset = line;
    pos = Arrays.copyOf(pos, count);
    lexname = Arrays.copyOf(lexname, count);
    gloss = Arrays.copyOf(gloss, count);
    above = Arrays.copyOf(above, count + 1);
    above[count] = edges;
    hypernym = Arrays.copyOf(hypernym, edges);
    sense = new int[count];
  }

  /** Offsets of hypernyms, which are of the same file, become synsets. */
  private void link() {
    for (int i = 0; i < count; i++) {
      int f = fileOf(PartOfSpeech.values()[pos[i]]);
      for (int k = above[i]; k < above[i + 1]; k++) {
        int to = find(f, hypernym[k]);
        if (to < 0) {
          throw fault(
              "data." + FILES.get(f),
              "the synset at byte " + offset[i],
              "point to synsets of the file",
              "points to byte " + hypernym[k] + ", where none is");
        }
        hypernym[k] = to;
      }
    }
  }

  /**
   * WordNet 3.0 says that restrain.v.01 is a kind of inhibit.v.04 and that of restrain.v.01. As in
   * Debian's edition of its files (wordnet-base 3.0-37), the latter is a kind of suppress.v.04.
   */
  private void mend() {
    int verbs = FILES.indexOf("verb");
    int restrain = find(verbs, RESTRAIN);
    int inhibit = find(verbs, INHIBIT);
    int suppress = find(verbs, SUPPRESS);
    if (restrain >= 0 && inhibit >= 0 && suppress >= 0) {
      for (int k = above[inhibit]; k < above[inhibit + 1]; k++) {
        hypernym[k] = hypernym[k] == restrain ? suppress : hypernym[k];
      }
    }
  }

  int find(int f, int at) {
    int found = Arrays.binarySearch(offset, first[f], first[f + 1], at);
    return found < 0 ? -1 : found;
  }

  /** Which sense of its first word each synset is: {@code dog n 7 5 @ ~ ... 7 1 02084071 ...}. */
  private void index(int f, byte[] text) {
    int number = 0;
    for (int at = 0; at < text.length; ) {
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      number++;
      if (text[at] != ' ') {
        try {
          senses(f, text, at, end);
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
          throw fault(
              "index." + FILES.get(f),
              "line " + number,
              "hold a word and the places of its synsets",
              Text.quoted(new String(text, at, Math.min(end - at, 80), StandardCharsets.UTF_8)));
        }
      }
      at = end + 1;
    }
    for (int i = first[f]; i < first[f + 1]; i++) {
      if (sense[i] == 0) {
        throw fault(
            "index." + FILES.get(f),
            "the file",
            "list every synset of data." + FILES.get(f) + " under its first word",
            "the one at byte " + offset[i] + " is not there");
      }
    }
  }

  private void senses(int f, byte[] text, int at, int end) {
    int word = within(space(text, at), end);
    int count = word + 3;
    int close = within(space(text, count), end);
    int synsets = number(text, count, close - count);
    int last = end;
    while (last > at && text[last - 1] == ' ') {
      last--;
    }
    int from = last - synsets * (DIGITS + 1) + 1;
    if (synsets < 1 || from <= close) {
      throw new NumberFormatException();
    }
    for (int k = 0; k < synsets; k++) {
      int synset = find(f, number(text, from + k * (DIGITS + 1), DIGITS));
      if (synset < 0) {
        throw new NumberFormatException();
      }
      if (sense[synset] == 0 && same(synset, text, at, word)) {
        sense[synset] = k + 1;
      }
    }
  }

  /** Whether the first word of a synset is that of the index, which is in lower case. */
  private boolean same(int synset, byte[] text, int from, int to) {
    byte[] own = text(synset);
    int at = line[synset] + DIGITS + 9;
    for (int k = from; k < to; k++) {
      int c = own[at + k - from];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != text[k]) {
        return false;
      }
    }
    byte next = own[at + to - from];
    return next == ' ' || next == '(';
  }

  static int space(byte[] text, int from) {
    int at = from;
    while (text[at] != ' ') {
      at++;
    }
    return at;
  }

  private static int number(byte[] text, int at, int digits) {
    int n = 0;
    for (int k = at; k < at + digits; k++) {
      int d = text[k] - '0';
      if (d < 0 || d > 9) {
        throw new NumberFormatException();
      }
      n = 10 * n + d;
    }
    return n;
  }

  private static int hex(byte[] text, int at) {
    return 16 * Character.digit(text[at], 16) + Character.digit(text[at + 1], 16);
  }
}
