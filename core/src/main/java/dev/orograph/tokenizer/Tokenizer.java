package dev.orograph.tokenizer;

import dev.orograph.checkpoint.Hashing;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokenizer of a model: text to ids and back. All methods may be called from any number of
 * threads. Pieces and texts are as the files have them, hostile ones too; whoever shows them makes
 * them safe. Halves of surrogate pairs and bytes that are no UTF-8 are U+FFFD.
 */
public final class Tokenizer implements AutoCloseable {
  private static final int LONGEST = 1 << 20;

  private final Path file;
  private final Codec codec;
  private final Vocabulary vocabulary;
  private final PieceText pieceText;
  private final Template template;
  private final String description;
  private final Map<String, Integer> specials;
  private final List<Path> files;
  private final String fingerprint;

  private Tokenizer(TokenizerFiles files, TokenizerFiles.Found found, Settings settings) {
    this.file = found.file();
    String name = found.file().getFileName().toString();
    if (found.json().isPresent()) {
      Json root = new Json(found.json().get(), found.file(), "");
      CheckedJson checked = CheckedJson.of(root.object(), found.names());
      this.vocabulary = checked.vocabulary();
      this.pieceText = checked.text();
      this.template = checked.template();
      this.description =
          (pieceText.byteLevel() ? "byte-level " : "") + checked.model() + ", " + name;
      this.codec = engine(checked, root);
    } else if (found.labels().isPresent()) {
      List<String> words = found.labels().get();
      this.vocabulary = new Vocabulary();
      for (int i = 0; i < words.size(); i++) {
        vocabulary.label(words.get(i), i);
      }
      vocabulary.number();
      this.pieceText = PieceText.PLAIN;
      this.template = new Template(List.of(), List.of());
      this.codec = new Labels(words);
      this.description = "a word for each row, " + name;
    } else {
      this.vocabulary = bytes(found, settings);
      this.pieceText = Bytes.TEXT;
      Integer bos = found.ids().get("bos");
      this.template =
          new Template(bos == null ? List.of() : List.of(bos), List.of(found.ids().get("eos")));
      this.codec = new Bytes(found.bytes());
      this.description = codec + ", " + name;
    }
    this.specials = specials(found, settings);
    this.files = List.copyOf(files.contents().keySet());
    this.fingerprint = Hashing.parts(files.parts());
  }

  private static Codec engine(CheckedJson checked, Json root) {
    try {
      return new Engine(checked.json(), checked.pieces());
    } catch (Codec.Refused e) {
      throw root.refuse("must be a tokenizer that can be used", e.getMessage());
    }
  }

  private static Vocabulary bytes(TokenizerFiles.Found found, Settings settings) {
    Vocabulary vocabulary = new Vocabulary();
    Json where = settings.config();
    found.ids().forEach((name, id) -> vocabulary.add(where, "<" + name + ">", id));
    for (int b = 0; b < Bytes.COUNT; b++) {
      vocabulary.add(where, Bytes.piece(b), found.bytes() + b);
    }
    if (settings.type().startsWith("ByT5")) {
      int extra = settings.count("extra_ids", 125);
      for (int i = 0; i < extra; i++) {
        vocabulary.add(where, "<extra_id_" + i + ">", vocabulary.size());
      }
    }
    vocabulary.number();
    return vocabulary;
  }

  /** Names to ids; a name that stands for no piece is left out. */
  private Map<String, Integer> specials(TokenizerFiles.Found found, Settings settings) {
    Map<String, Integer> all = new LinkedHashMap<>();
    settings
        .named()
        .forEach(
            (name, content) ->
                Optional.ofNullable(vocabulary.id(content)).ifPresent(id -> all.put(name, id)));
    // By id: what results list must not follow the order of an unordered map, another in each JVM.
    found.ids().entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
        .forEach(e -> all.putIfAbsent(e.getKey(), e.getValue()));
    Set<Integer> named = new HashSet<>(all.values());
    settings
        .further()
        .forEach(
            content ->
                Optional.ofNullable(vocabulary.id(content)).ifPresent(id -> all.put(content, id)));
    for (int id = 0; id < vocabulary.size(); id++) {
      Optional<String> piece = vocabulary.piece(id);
      boolean extra =
          found.json().isEmpty() && found.labels().isEmpty() && id >= found.bytes() + Bytes.COUNT;
      if (piece.isPresent() && (extra || vocabulary.special(id)) && !named.contains(id)) {
        all.putIfAbsent(piece.get(), id);
      }
    }
    all.values().forEach(vocabulary::markSpecial);
    found.names().keySet().forEach(vocabulary::markSpecial);
    return Collections.unmodifiableMap(all);
  }

  /**
   * The tokenizer that lies in a checkpoint's folder.
   *
   * @return empty where there is none
   * @throws InputException where one is there and at fault
   */
  public static Optional<Tokenizer> beside(Path folder) {
    TokenizerFiles files = new TokenizerFiles(folder);
    Settings settings = files.settings();
    return files.find(settings).map(found -> new Tokenizer(files, found, settings));
  }

  /**
   * What tells the tokenizers of folders apart, without opening one: SHA-256 over the names and
   * contents of all files that {@link #beside} may read, or what is wrong with one of them.
   */
  public static String fingerprint(Path folder) {
    try {
      TokenizerFiles files = new TokenizerFiles(folder);
      files.readAll();
      return Hashing.parts(files.parts());
    } catch (InputException e) {
      return e.getMessage();
    }
  }

  /**
   * Opens a tokenizer that is named.
   *
   * @param path its folder or its file; what lies beside the file is read too
   * @throws InputException where there is none, or it is at fault
   */
  public static Tokenizer open(Path path) {
    if (Files.isDirectory(path)) {
      return beside(path)
          .orElseThrow(
              () ->
                  InputException.at(path)
                      .expected("must hold a tokenizer")
                      .found("has no tokenizer.json, *.model, vocab.json and merges.txt, vocab.txt")
                      .remedy("name the tokenizer's folder or file")
                      .build());
    }
    Path file = path.toAbsolutePath();
    TokenizerFiles files = new TokenizerFiles(file.getParent());
    Settings settings = files.settings();
    return new Tokenizer(files, files.named(file.getFileName().toString(), settings), settings);
  }

  /** What it is, in words: {@code Unigram, tokenizer.json}. */
  public String description() {
    return description;
  }

  /** Largest id + 1. */
  public int size() {
    return vocabulary.size();
  }

  /** Most chars of a text for {@link #encode}: 2^20. */
  public int longest() {
    return LONGEST;
  }

  /**
   * Encodes without special tokens around the text; those that the text spells out are found.
   *
   * @throws IllegalArgumentException for a text longer than {@link #longest}
   * @throws InputException where the tokenizer would make too much of the text, or take too long
   */
  public Encoding encode(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "the text has "
              + Text.grouped(text.length())
              + " characters, the tokenizer takes "
              + Text.grouped(LONGEST)
              + " at once");
    }
    try {
      Encoding ranks = codec.encode(whole(text));
      return new Encoding(ranks.ids().stream().map(vocabulary::idOf).toList(), ranks.spans());
    } catch (Codec.Refused e) {
      throw refused("must encode a text of " + Text.grouped(text.length()) + " characters", e);
    }
  }

  /** Encodes with the special tokens that the tokenizer puts around a text. */
  public Encoding encodeWithSpecials(String text) {
    Encoding inner = encode(text);
    List<Integer> ids = new ArrayList<>(template.before());
    ids.addAll(inner.ids());
    ids.addAll(template.after());
    List<Encoding.Span> spans = new ArrayList<>();
    template.before().forEach(id -> spans.add(new Encoding.Span(0, 0)));
    spans.addAll(inner.spans());
    template.after().forEach(id -> spans.add(new Encoding.Span(text.length(), text.length())));
    return new Encoding(ids, spans);
  }

  /**
   * Ids of a text that goes on: with the special tokens around a text, but without the end tokens
   * behind it.
   */
  public List<Integer> prompt(String text) {
    List<Integer> all = encodeWithSpecials(text).ids();
    int end = all.size();
    while (end > 0 && all.get(end - 1).equals(specials().get("eos"))) {
      end--;
    }
    return all.subList(0, end);
  }

  /** The text with U+FFFD for every half of a surrogate pair. */
  private static String whole(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      if (Character.getType(text.codePointAt(i)) == Character.SURROGATE) {
        out = out == null ? new StringBuilder(text) : out;
        out.setCharAt(i, '\uFFFD');
      }
    }
    return out == null ? text : out.toString();
  }

  /**
   * The text of ids. An id without a piece (a row that only pads the matrix) stands for nothing.
   *
   * @param skipSpecial whether to leave special tokens out
   * @throws IllegalArgumentException where the pieces have more than 2^25 characters
   * @throws InputException where the tokenizer would make more of them
   */
  public String decode(List<Integer> ids, boolean skipSpecial) {
    long[] ranks =
        ids.stream()
            .filter(id -> vocabulary.piece(id).isPresent())
            .filter(id -> !skipSpecial || !special(id))
            .mapToLong(vocabulary::rank)
            .toArray();
    long chars = 0;
    for (long rank : ranks) {
      chars += vocabulary.piece(vocabulary.idOf((int) rank)).orElseThrow().length();
    }
    if (chars > Decoders.MOST) {
      throw new IllegalArgumentException(ids.size() + " ids are too many for one text");
    }
    try {
      return codec.decode(ranks);
    } catch (Codec.Refused e) {
      throw refused("must decode " + Text.grouped(ids.size()) + " ids", e);
    }
  }

  private InputException refused(String expected, Codec.Refused e) {
    return InputException.at(file)
        .expected(expected)
        .found(e.getMessage())
        .remedy("take the tokenizer from the model's source again, or a shorter text")
        .cause(e)
        .build();
  }

  /** The piece of an id as stored; empty for an id without one. */
  public Optional<String> token(int id) {
    return vocabulary.piece(id);
  }

  /**
   * What the piece of an id stands for in a text: marks of spaces and bytes undone. Empty for an id
   * without a piece.
   */
  public String text(int id) {
    return token(id).map(piece -> special(id) ? piece : pieceText.of(piece)).orElse("");
  }

  /** Whether an id is a special token, which stands for no text. */
  public boolean special(int id) {
    return id >= 0 && vocabulary.special(id);
  }

  /**
   * Special tokens to ids: {@code pad}, {@code eos}, {@code bos}, {@code unk}, {@code mask}, {@code
   * cls}, {@code sep} as far as they are told, and the others under the text of their piece.
   */
  public Map<String, Integer> specials() {
    return specials;
  }

  /** The id of a word that is exactly one token, encoded without special tokens. */
  public OptionalInt single(String word) {
    List<Integer> ids = encode(word).ids();
    return ids.size() == 1 ? OptionalInt.of(ids.get(0)) : OptionalInt.empty();
  }

  /** Whether it is but a list of words, one for each row of a matrix. */
  public boolean labels() {
    return codec instanceof Labels;
  }

  /** Whether its tokens are the bytes of a text. */
  public boolean bytes() {
    return codec instanceof Bytes;
  }

  /** SHA-256 over the names and contents of all files that were read. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The files that were read. */
  public List<Path> files() {
    return files;
  }

  /** Does nothing: nothing but memory is held. */
  @Override
  public void close() {
    // So that callers need not change when a tokenizer holds something again.
  }
}
