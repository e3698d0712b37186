package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import dev.orograph.tokenizer.SentencePieceModel.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the tokenizer of a folder and reads it, whatever its format, as a {@code tokenizer.json}.
 * The first that is there counts: {@code tokenizer.json}, {@code tekken.json}, a SentencePiece or
 * tiktoken model, {@code vocab.json} with {@code merges.txt}, {@code vocab.txt}, what says that
 * texts are read as bytes, and a list of words, one for each row ({@code words.txt}, GloVe's text
 * files).
 */
final class TokenizerFiles {
  private static final int MOST_BYTES = 64 << 20;
  private static final int MOST_SETTINGS = 16 << 20;
  private static final List<String> MODELS =
      List.of("spiece.model", "tokenizer.model", "sentencepiece.bpe.model");
  private static final String TEKKEN = "tekken.json";
  private static final List<String> WORDS =
      List.of("words.txt", "labels.txt", "tokens.txt", "vectors.txt");
  private static final int MOST_LISTED = 8;
  private static final List<String> SETTINGS =
      List.of("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json");
  private static final Set<String> PLAIN =
      Set.of("", "T5Tokenizer", "LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer");
  private static final String FAIRSEQ = "XLMRobertaTokenizer";

  /** BLT: four special ids before the bytes (facebookresearch/blt, tokenizers/constants.py). */
  private static final Map<String, Integer> BLT = ids("boe", "bos", "eos", "pad");

  private static final Map<String, Integer> BYT5 = ids("pad", "eos", "unk");

  private final Path folder;
  private final Map<Path, byte[]> read = new LinkedHashMap<>();

  /** Names to 0, 1, ... in this order, which findings follow; that of Map.of is every run's own. */
  private static Map<String, Integer> ids(String... names) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String name : names) {
      ids.put(name, ids.size());
    }
    return Collections.unmodifiableMap(ids);
  }

  /**
   * A tokenizer as it was found.
   *
   * @param file the file that it is
   * @param json as a {@code tokenizer.json}; empty for bytes
   * @param names pieces whose name in the file is another, by id
   * @param ids special ids that the format itself names
   * @param bytes id of the byte 0, for bytes
   * @param labels a word for each row, where that is all there is
   */
  record Found(
      Path file,
      Optional<JsonNode> json,
      Map<Integer, String> names,
      Map<String, Integer> ids,
      int bytes,
      Optional<List<String>> labels) {
    Found(
        Path file,
        Optional<JsonNode> json,
        Map<Integer, String> names,
        Map<String, Integer> ids,
        int bytes) {
      this(file, json, names, ids, bytes, Optional.empty());
    }
  }

  TokenizerFiles(Path folder) {
    this.folder = folder;
  }

  /** Everything that was read, in order. */
  Map<Path, byte[]> contents() {
    return read;
  }

  /** What lies beside the tokenizer. */
  Settings settings() {
    return new Settings(beside(SETTINGS.get(0)), beside(SETTINGS.get(1)), beside(SETTINGS.get(2)));
  }

  private Json beside(String name) {
    Path file = folder.resolve(name);
    if (!there(name)) {
      return new Json(MissingNode.getInstance(), file, "");
    }
    return new Json(BoundedJson.parsePython(bytes(name, MOST_SETTINGS), file, ""), file, "")
        .object();
  }

  private boolean there(String name) {
    return Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  private byte[] bytes(String name, int most) {
    Path file = SafePath.inside(folder, name, folder);
    byte[] bytes = SafePath.bytes(file, most, "check that it is the right file");
    read.put(file, bytes);
    return bytes;
  }

  /** Reads what {@link #find} may read and makes nothing of it. */
  void readAll() {
    Optional<String> name = name();
    List<String> settings = new ArrayList<>(SETTINGS);
    name.ifPresentOrElse(n -> bytes(n, MOST_BYTES), () -> settings.add("params.json"));
    if (name.isEmpty()) {
      words().ifPresent(n -> bytes(n, MOST_BYTES));
    }
    if (name.equals(Optional.of("vocab.json"))) {
      bytes("merges.txt", MOST_BYTES);
    }
    settings.stream().filter(this::there).forEach(n -> bytes(n, MOST_SETTINGS));
  }

  /** The tokenizer of the folder; empty where there is none. */
  Optional<Found> find(Settings settings) {
    Optional<String> name = name();
    if (name.isPresent()) {
      return Optional.of(named(name.get(), settings));
    }
    Optional<Found> bytes = asBytes(settings);
    return bytes.isPresent() ? bytes : words().map(n -> named(n, settings));
  }

  /** The file that counts; empty where none does and only settings can say what there is. */
  private Optional<String> name() {
    if (there("tokenizer.json")) {
      return Optional.of("tokenizer.json");
    }
    if (there(TEKKEN)) {
      return Optional.of(TEKKEN);
    }
    Optional<String> model = MODELS.stream().filter(this::there).findFirst();
    if (model.isPresent()) {
      return model;
    }
    if (there("vocab.json") && there("merges.txt")) {
      return Optional.of("vocab.json");
    }
    if (there("vocab.txt")) {
      return Optional.of("vocab.txt");
    }
    for (String ending : List.of(".model", ".tiktoken")) {
      List<String> others = ending(ending);
      if (others.size() == 1) {
        return Optional.of(others.get(0));
      }
    }
    return Optional.empty();
  }

  /** The tokenizer in a file of that name. */
  Found named(String name, Settings settings) {
    Path file = folder.resolve(name);
    if (name.equals("vocab.json")) {
      JsonNode vocab = BoundedJson.parse(bytes(name, MOST_BYTES), file, "");
      byte[] merges = bytes("merges.txt", MOST_BYTES);
      return found(
          file, VocabularyFiles.gpt2(vocab, file, merges, folder.resolve("merges.txt"), settings));
    }
    if (name.equals(TEKKEN)) {
      return found(
          file, Tiktoken.tekken(BoundedJson.parse(bytes(name, MOST_BYTES), file, ""), file));
    }
    if (name.endsWith(".json")) {
      return found(file, BoundedJson.parse(bytes(name, MOST_BYTES), file, ""));
    }
    if (name.endsWith(".txt") || name.endsWith(".vec")) {
      byte[] text = bytes(name, MOST_BYTES);
      Optional<List<String>> words = VocabularyFiles.labels(text, name, file, settings);
      return words.isPresent()
          ? labels(file, words.get())
          : found(file, VocabularyFiles.bert(text, file, settings));
    }
    return sentencePiece(name, file, settings);
  }

  private static Found found(Path file, JsonNode json) {
    return new Found(file, Optional.of(json), Map.of(), Map.of(), 0);
  }

  /** A list of words, one for each row; empty where there is none. */
  private Optional<String> words() {
    Optional<String> list = WORDS.stream().filter(this::there).findFirst();
    if (list.isPresent()) {
      return list;
    }
    List<String> vectors = ending(".vec");
    List<String> glove = ending(".txt").stream().filter(n -> n.startsWith("glove")).toList();
    return vectors.size() == 1
        ? vectors.stream().findFirst()
        : glove.size() == 1 ? glove.stream().findFirst() : Optional.empty();
  }

  private static Found labels(Path file, List<String> words) {
    return new Found(file, Optional.empty(), Map.of(), Map.of(), 0, Optional.of(words));
  }

  private List<String> ending(String ending) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(e -> e.getFileName().toString())
          .filter(n -> n.endsWith(ending))
          .limit(MOST_LISTED)
          .toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  private Found sentencePiece(String name, Path file, Settings settings) {
    byte[] bytes = bytes(name, MOST_BYTES);
    if (Tiktoken.starts(bytes)) {
      return found(file, Tiktoken.lines(bytes, file));
    }
    String type = settings.type();
    boolean fairseq = type.equals(FAIRSEQ);
    if (!fairseq && (!PLAIN.contains(type) || (type.isEmpty() && name.equals(MODELS.get(2))))) {
      throw InputException.at(file)
          .expected("must belong to a known class of tokenizer")
          .found(
              type.isEmpty()
                  ? "tokenizer_config.json names none, and a file of this name has shifted ids"
                  : "its class is "
                      + Text.quoted(type)
                      + ", whose ids and rules are not known here")
          .remedy("put the model's tokenizer.json beside it")
          .build();
    }
    SentencePieceModel stored = SentencePieceModel.read(bytes, file);
    SentencePieceModel model = fairseq ? stored.fairseq(file) : stored;
    ArrayNode added = settings.added();
    if (type.equals("T5Tokenizer") && added.isEmpty()) {
      int extra = settings.count("extra_ids", 100);
      for (int i = 0; i < extra; i++) {
        int id = model.pieces().size() + extra - 1 - i;
        added.addObject().put("id", id).put("content", "<extra_id_" + i + ">").put("special", true);
      }
    }
    SentencePieceJson converted =
        new SentencePieceJson(model, new HashSet<>(added.findValuesAsText("content")));
    boolean userDefined =
        model.bpe()
            && model.pieces().stream().anyMatch(p -> p.kind() == Kind.USER_DEFINED)
            && added.isEmpty();
    ObjectNode json = converted.write(settings.flag("legacy", true) && !userDefined);
    ((ArrayNode) json.get("added_tokens")).addAll(added);
    boolean bos =
        type.startsWith("Llama") || type.startsWith("CodeLlama") || type.startsWith("Gem");
    around(
        json,
        settings.flag("add_bos_token", bos || fairseq) ? model.ids().get("bos") : null,
        settings.flag("add_eos_token", type.startsWith("T5") || fairseq)
            ? model.ids().get("eos")
            : null);
    return new Found(file, Optional.of(json), converted.names(), model.ids(), 0);
  }

  private static void around(ObjectNode json, Integer before, Integer after) {
    ObjectNode processor = json.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    ObjectNode tokens = processor.putObject("special_tokens");
    if (before != null) {
      single.addObject().putObject("SpecialToken").put("id", "before");
      tokens.putObject("before").putArray("ids").add(before);
    }
    single.addObject().putObject("Sequence").put("id", "A");
    if (after != null) {
      single.addObject().putObject("SpecialToken").put("id", "after");
      tokens.putObject("after").putArray("ids").add(after);
    }
  }

  /**
   * Bytes are meant where the class is ByT5's, and where Meta's {@code params.json} declares a
   * vocabulary of 260 and no other tokenizer is there (BLT and its entropy model).
   */
  private Optional<Found> asBytes(Settings settings) {
    if (settings.type().equals("ByT5Tokenizer")) {
      return Optional.of(
          new Found(settings.config().file(), Optional.empty(), Map.of(), BYT5, BYT5.size()));
    }
    Json params = beside("params.json");
    JsonNode declared = params.at("vocab_size").node();
    if (declared.isInt() && declared.intValue() == BLT.size() + Bytes.COUNT) {
      return Optional.of(new Found(params.file(), Optional.empty(), Map.of(), BLT, BLT.size()));
    }
    read.keySet().remove(params.file());
    return Optional.empty();
  }

  /** The names and bytes of what was read, in the order of the names. */
  Map<String, byte[]> parts() {
    Map<String, byte[]> parts = new java.util.TreeMap<>();
    read.forEach((file, bytes) -> parts.put(file.getFileName().toString(), bytes));
    return parts;
  }
}
