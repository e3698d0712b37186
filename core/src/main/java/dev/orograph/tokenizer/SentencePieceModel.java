package dev.orograph.tokenizer;

import dev.orograph.input.InputException;
import dev.orograph.input.ProtoMessage;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A SentencePiece model as it is stored: protocol buffers of {@code sentencepiece_model.proto}
 * (pieces 1, trainer 2, normaliser 3), read within bounds. Fields that change the ids and are not
 * understood are refused.
 *
 * @param pieces in the order of their ids
 * @param bpe whether pieces are merged by rank; else Unigram
 * @param byteFallback whether unknown characters become bytes
 * @param ids of unk, bos, eos and pad; without those that there are not
 * @param charsmap compiled normaliser in base 64, or ""
 * @param dummyPrefix whether a space is put before a text
 * @param removeSpaces whether spaces at the ends and after another are removed
 */
record SentencePieceModel(
    List<Piece> pieces,
    boolean bpe,
    boolean byteFallback,
    Map<String, Integer> ids,
    String charsmap,
    boolean dummyPrefix,
    boolean removeSpaces) {
  private static final int MOST_BYTES = 8 << 20;
  private static final int LONGEST = 256;

  /** What a piece is for. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /**
   * A piece.
   *
   * @param text as stored
   * @param score log probability, or rank
   * @param kind what it is for
   */
  record Piece(String text, float score, Kind kind) {}

  /**
   * Reads a model.
   *
   * @throws InputException where it is damaged or asks for what is not understood
   */
  static SentencePieceModel read(byte[] bytes, Path file) {
    List<Piece> pieces = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    Settings trainer = new Settings();
    Settings normalizer = new Settings();
    ProtoMessage model = ProtoMessage.of(bytes, found -> fault(file, found));
    while (model.next()) {
      switch (model.field()) {
        case 1 -> {
          if (pieces.size() >= Vocabulary.MOST) {
            throw fault(file, "has more than " + Text.grouped(Vocabulary.MOST) + " pieces");
          }
          Piece piece = piece(model.message(), file);
          if (!texts.add(piece.text)) {
            throw fault(file, "has the piece " + Text.quoted(piece.text) + " twice");
          }
          pieces.add(piece);
        }
        case 2 -> trainer.read(model.message());
        case 3 -> normalizer.read(model.message());
        case 5 -> {
          Settings back = new Settings();
          back.read(model.message());
          if (back.bytes.containsKey(2) || back.bytes.getOrDefault(6, new byte[0]).length > 0) {
            throw fault(file, "has rules for writing texts back, which are not known here");
          }
        }
        default -> {
          // Samples to test itself.
        }
      }
    }
    long type = trainer.number(3, 1);
    if (type != 1 && type != 2) {
      throw fault(file, "is of type " + type + ", known are 1 (unigram) and 2 (bpe)");
    }
    if (trainer.number(24, 0) != 0 || normalizer.number(5, 1) == 0) {
      throw fault(file, "marks spaces in a way that is not known here");
    }
    if (pieces.isEmpty() || pieces.stream().noneMatch(p -> p.kind == Kind.UNKNOWN)) {
      throw fault(file, "has no piece for what is unknown");
    }
    if (type == 2 && pieces.stream().anyMatch(p -> p.kind == Kind.UNUSED)) {
      throw fault(file, "has unused pieces among its merges, which are not known here");
    }
    Map<String, Integer> ids = new HashMap<>();
    ids.put("unk", unknown(pieces));
    named(ids, "bos", trainer.text(46, file), "<s>", pieces);
    named(ids, "eos", trainer.text(47, file), "</s>", pieces);
    named(ids, "pad", trainer.text(48, file), "<pad>", pieces);
    byte[] map = normalizer.bytes.getOrDefault(2, new byte[0]);
    return new SentencePieceModel(
        List.copyOf(pieces),
        type == 2,
        trainer.number(35, 0) != 0,
        ids,
        Base64.getEncoder().encodeToString(map),
        normalizer.number(3, 1) != 0,
        normalizer.number(4, 1) != 0);
  }

  /**
   * The same pieces with the ids of XLM-R: four special ones of its own in place of the first
   * three, and a mask behind all.
   */
  SentencePieceModel fairseq(Path file) {
    List<String> own = List.of("<s>", "<pad>", "</s>", "<unk>");
    List<String> first = pieces.stream().limit(3).map(Piece::text).toList();
    if (!first.equals(List.of("<unk>", "<s>", "</s>"))) {
      throw fault(file, "begins with " + String.join(" ", first) + ", which are not XLM-R's");
    }
    List<Piece> all = new ArrayList<>();
    own.forEach(t -> all.add(new Piece(t, 0, all.size() == 3 ? Kind.UNKNOWN : Kind.CONTROL)));
    all.addAll(pieces.subList(3, pieces.size()));
    all.add(new Piece("<mask>", 0, Kind.CONTROL));
    // In one order, which findings follow; that of Map.of is every run's own.
    Map<String, Integer> named =
        new TreeMap<>(Map.of("bos", 0, "pad", 1, "eos", 2, "unk", 3, "cls", 0, "sep", 2));
    return new SentencePieceModel(
        List.copyOf(all), bpe, byteFallback, named, charsmap, dummyPrefix, removeSpaces);
  }

  private static int unknown(List<Piece> pieces) {
    int i = 0;
    while (pieces.get(i).kind != Kind.UNKNOWN) {
      i++;
    }
    return i;
  }

  private static void named(
      Map<String, Integer> ids, String name, String text, String standard, List<Piece> pieces) {
    String wanted = text.isEmpty() ? standard : text;
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i).kind == Kind.CONTROL && pieces.get(i).text.equals(wanted)) {
        ids.put(name, i);
        return;
      }
    }
  }

  private static Piece piece(ProtoMessage m, Path file) {
    String text = "";
    float score = 0;
    long type = 1;
    while (m.next()) {
      switch (m.field()) {
        case 1 -> text = m.text(MOST_BYTES);
        case 2 -> score = m.real();
        case 3 -> type = m.number();
        default -> {
          // Nothing that a piece is known by.
        }
      }
    }
    if (type < 1 || type > Kind.values().length || !Float.isFinite(score)) {
      throw fault(file, "has a piece of type " + type + " with the score " + score);
    }
    if (text.isEmpty() || text.length() > LONGEST) {
      throw fault(file, "has a piece of " + Text.grouped(text.length()) + " characters");
    }
    return new Piece(text, score, Kind.values()[(int) type - 1]);
  }

  private static InputException fault(Path file, String found) {
    return InputException.at(file)
        .expected("must be a SentencePiece model")
        .found(found)
        .remedy("take it from the model's source again, or use its tokenizer.json")
        .build();
  }

  /** Settings by the numbers of their fields, of which the last of a number counts. */
  private static final class Settings {
    private final Map<Integer, Long> numbers = new HashMap<>();
    private final Map<Integer, byte[]> bytes = new HashMap<>();

    void read(ProtoMessage m) {
      numbers.clear();
      bytes.clear();
      while (m.next()) {
        if (m.isBytes()) {
          bytes.put(m.field(), m.bytes(MOST_BYTES));
        } else {
          numbers.put(m.field(), m.number());
        }
      }
    }

    long number(int field, long standard) {
      return numbers.getOrDefault(field, standard);
    }

    String text(int field, Path file) {
      try {
        byte[] text = bytes.getOrDefault(field, new byte[0]);
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      } catch (CharacterCodingException e) {
        throw fault(file, "has a text that is not UTF-8");
      }
    }
  }
}
