package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tokenizers that are lists of pieces, as a {@code tokenizer.json}: {@code vocab.json} with {@code
 * merges.txt} (byte-level BPE of GPT-2, RoBERTa, Qwen2) and {@code vocab.txt} (WordPiece of BERT).
 * What else they do is in the code of a class that the configuration names; a class that is not
 * known here is refused.
 */
final class VocabularyFiles {
  private static final String QWEN2 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Set<String> GPT2 =
      Set.of("", "GPT2Tokenizer", "Qwen2Tokenizer", "RobertaTokenizer", "BartTokenizer");
  private static final Set<String> BERT =
      Set.of("", "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "RetriBertTokenizer");
  private static final String WORD_END = "</w>";
  private static final String NUMBERS = "( -?\\d++(?:\\.\\d*+)?+(?:[eE][-+]?\\d++)?+)++ ?$";
  private static final Pattern VECTOR = Pattern.compile("\\S+" + NUMBERS);

  private VocabularyFiles() {}

  /** Byte-level BPE. */
  static ObjectNode gpt2(JsonNode vocab, Path vocabFile, byte[] merges, Path file, Settings s) {
    String type = s.type();
    requireKnown(GPT2, type, vocabFile);
    Json pieces = new Json(vocab, vocabFile, "").object();
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    boolean qwen = type.equals("Qwen2Tokenizer");
    ObjectNode byteLevel =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "ByteLevel")
            .put("add_prefix_space", s.flag("add_prefix_space", false))
            .put("use_regex", !qwen);
    if (qwen) {
      out.putObject("normalizer").put("type", "NFC");
      ObjectNode sequence = out.putObject("pre_tokenizer").put("type", "Sequence");
      ArrayNode both = sequence.putArray("pretokenizers");
      ObjectNode split = both.addObject().put("type", "Split").put("behavior", "Isolated");
      split.putObject("pattern").put("Regex", QWEN2);
      both.add(byteLevel);
    } else {
      out.set("pre_tokenizer", byteLevel);
    }
    out.putObject("decoder").put("type", "ByteLevel");
    ObjectNode model = out.putObject("model").put("type", "BPE");
    model.set("vocab", vocab);
    if (vocab.has("i" + WORD_END)) {
      throw fault(vocabFile, "marks the ends of words, and only tokenizer.json tells the rest");
    }
    Integer end =
        vocab.path("<|endoftext|>").isInt() ? vocab.get("<|endoftext|>").intValue() : null;
    ArrayNode list = model.putArray("merges");
    int number = 0;
    for (String line : lines(merges, file)) {
      number++;
      if (line.isEmpty() || (number == 1 && line.startsWith("#version"))) {
        continue;
      }
      if (line.indexOf(' ') < 1 || line.indexOf(' ') != line.lastIndexOf(' ')) {
        throw fault(file, "has no two pieces in line " + number);
      }
      list.add(line);
    }
    ArrayNode added = s.added();
    if (added.isEmpty() && end != null) {
      added.addObject().put("id", end).put("content", "<|endoftext|>").put("special", true);
    }
    for (String content : s.named().values()) {
      Json id = pieces.at(content);
      if (!id.missing() && !has(added, content)) {
        added
            .addObject()
            .put("id", id.below(Vocabulary.MOST))
            .put("content", content)
            .put("special", true);
      }
    }
    out.set("added_tokens", added);
    if (type.startsWith("Roberta") || type.startsWith("Bart")) {
      around(
          out, pieces, s.named().getOrDefault("cls", "<s>"), s.named().getOrDefault("sep", "</s>"));
    }
    return out;
  }

  /**
   * The words of a file that has one for each row: any but a {@code vocab.txt} with the piece that
   * WordPiece needs for what it does not know. Of lines that go on with numbers, as GloVe and
   * word2vec write them, the numbers are left out, and a first line of two numbers.
   *
   * @return empty for a WordPiece vocabulary
   */
  static Optional<List<String>> labels(byte[] bytes, String name, Path file, Settings s) {
    List<String> lines = lines(bytes, file);
    if (name.equals("vocab.txt")) {
      String unknown = s.named().getOrDefault("unk", "[UNK]");
      boolean pieces = lines.contains(unknown) || !s.type().isEmpty();
      return pieces || lines.isEmpty() ? Optional.empty() : Optional.of(lines);
    }
    int first = !lines.isEmpty() && lines.get(0).matches("\\d{1,9} \\d{1,9}") ? 1 : 0;
    boolean vectors = first == 1 || (lines.size() > 0 && VECTOR.matcher(lines.get(0)).matches());
    List<String> words = new ArrayList<>();
    for (String line : lines.subList(first, lines.size())) {
      words.add(vectors ? line.replaceFirst(NUMBERS, "") : line);
    }
    return Optional.of(words);
  }

  /** WordPiece. */
  static ObjectNode bert(byte[] vocab, Path file, Settings s) {
    requireKnown(BERT, s.type(), file);
    ObjectNode pieces = JsonNodeFactory.instance.objectNode();
    int id = 0;
    for (String line : lines(vocab, file)) {
      if (pieces.has(line)) {
        throw fault(file, "has the piece " + Text.quoted(line) + " twice");
      }
      pieces.put(line, id++);
    }
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    boolean lower = s.flag("do_lower_case", true);
    ObjectNode normalizer =
        out.putObject("normalizer")
            .put("type", "BertNormalizer")
            .put("lowercase", lower)
            .put("handle_chinese_chars", s.flag("tokenize_chinese_chars", true));
    if (!s.config().at("strip_accents").missing()) {
      normalizer.put("strip_accents", s.flag("strip_accents", lower));
    }
    out.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    out.putObject("decoder").put("type", "WordPiece").put("prefix", "##");
    Map<String, String> named = s.named();
    ObjectNode model = out.putObject("model").put("type", "WordPiece");
    model.put("unk_token", named.getOrDefault("unk", "[UNK]")).set("vocab", pieces);
    ArrayNode added = s.added();
    for (String name : List.of("pad", "unk", "cls", "sep", "mask")) {
      String content =
          named.getOrDefault(name, "[" + name.toUpperCase(java.util.Locale.ROOT) + "]");
      if (pieces.has(content) && !has(added, content)) {
        added
            .addObject()
            .put("id", pieces.get(content).intValue())
            .put("content", content)
            .put("special", true);
      }
    }
    out.set("added_tokens", added);
    Json all = new Json(pieces, file, "");
    around(out, all, named.getOrDefault("cls", "[CLS]"), named.getOrDefault("sep", "[SEP]"));
    return out;
  }

  private static boolean has(ArrayNode added, String content) {
    return added.findValuesAsText("content").contains(content);
  }

  /** A piece before every text and one behind it, where there are both. */
  private static void around(ObjectNode out, Json pieces, String before, String after) {
    if (!pieces.at(before).missing() && !pieces.at(after).missing()) {
      ObjectNode processor = out.putObject("post_processor").put("type", "BertProcessing");
      processor.putArray("cls").add(before).add(pieces.node().get(before));
      processor.putArray("sep").add(after).add(pieces.node().get(after));
    }
  }

  private static List<String> lines(byte[] bytes, Path file) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String[] lines = text.split("\r?\n", -1);
      boolean last = lines[lines.length - 1].isEmpty();
      return List.of(lines).subList(0, lines.length - (last ? 1 : 0));
    } catch (CharacterCodingException e) {
      throw fault(file, "holds bytes that are not UTF-8");
    }
  }

  private static void requireKnown(Set<String> known, String type, Path file) {
    if (!known.contains(type)) {
      throw fault(file, "belongs to a " + Text.quoted(type) + ", whose rules are not known here");
    }
  }

  private static InputException fault(Path file, String found) {
    return InputException.at(file)
        .expected("must be pieces of a known kind of tokenizer")
        .found(found)
        .remedy("put the model's tokenizer.json beside it")
        .build();
  }
}
