package dev.orograph.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.tokenizer.SentencePieceModel.Kind;
import dev.orograph.tokenizer.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A SentencePiece model (Kudo and Richardson, EMNLP 2018) as a {@code tokenizer.json}.
 *
 * <p>Pieces that SentencePiece never finds in a text (control, unknown, unused) begin with a space
 * here: at the model every space has become a mark, so they are not found either. Spaces are
 * removed, marked and prefixed by the normaliser in the order of SentencePiece's, so that runs of
 * spaces and spaces at the ends come out as there. What stays different: a replacement of the
 * normaliser is taken by the grapheme, not by the longest match; and a piece that stands for a byte
 * is found where a text spells it, {@code <0x41>}. Where the prefix stands before the first part
 * only (a BPE with pieces of the user's, {@code legacy: false}) and spaces are removed, a text that
 * begins with spaces has no prefix.
 */
final class SentencePieceJson {
  private static final String HIDDEN = " ";
  private static final String MARK = PieceText.MARK;

  private final SentencePieceModel model;
  private final Set<String> added;
  private final Map<Integer, String> names = new HashMap<>();

  /**
   * Prepares.
   *
   * @param added tokens beside the model, which are found in a text whatever their type here
   */
  SentencePieceJson(SentencePieceModel model, Set<String> added) {
    this.model = model;
    this.added = added;
  }

  /** Pieces whose name in the file is another, by id. */
  Map<Integer, String> names() {
    return names;
  }

  /**
   * The document.
   *
   * @param eachSection whether the prefix stands before every part between added tokens
   */
  ObjectNode write(boolean eachSection) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    boolean inside =
        model.pieces().stream().anyMatch(p -> p.text().indexOf(MARK, 1) > 0 && usual(p));
    ArrayNode normalizers =
        out.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (!model.charsmap().isEmpty()) {
      normalizers
          .addObject()
          .put("type", "Precompiled")
          .put("precompiled_charsmap", model.charsmap());
    }
    if (model.removeSpaces()) {
      replace(normalizers.addObject(), "Regex", " {2,}", " ");
      replace(normalizers.addObject(), "Regex", "\\A | \\z", "");
    }
    if (model.dummyPrefix() && eachSection) {
      normalizers.addObject().put("type", "Prepend").put("prepend", MARK);
    }
    replace(normalizers.addObject(), "String", " ", MARK);
    boolean first = model.dummyPrefix() && !eachSection;
    if (first || !inside) {
      out.putObject("pre_tokenizer")
          .put("type", "Metaspace")
          .put("replacement", MARK)
          .put("prepend_scheme", first ? "first" : "never")
          .put("split", !inside);
    }
    ArrayNode decoders = out.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(decoders.addObject(), "String", MARK, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    if (model.dummyPrefix()) {
      decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
    ArrayNode tokens = out.putArray("added_tokens");
    for (int i = 0; i < model.pieces().size(); i++) {
      Piece p = model.pieces().get(i);
      if (model.bpe() && p.kind() == Kind.USER_DEFINED && !added.contains(p.text())) {
        tokens.addObject().put("id", i).put("content", p.text());
      }
    }
    out.set("model", model.bpe() ? bpe() : unigram());
    return out;
  }

  private static void replace(ObjectNode out, String kind, String from, String to) {
    out.put("type", "Replace").putObject("pattern").put(kind, from);
    out.put("content", to);
  }

  private static boolean usual(Piece p) {
    return p.kind() == Kind.NORMAL || p.kind() == Kind.USER_DEFINED;
  }

  /** The piece as the engine may find it. */
  private String shown(int id) {
    Piece p = model.pieces().get(id);
    if (usual(p) || p.kind() == Kind.BYTE || added.contains(p.text())) {
      return p.text();
    }
    names.put(id, p.text());
    return HIDDEN + p.text();
  }

  private ObjectNode unigram() {
    ObjectNode out = JsonNodeFactory.instance.objectNode().put("type", "Unigram");
    out.put("unk_id", model.ids().get("unk")).put("byte_fallback", model.byteFallback());
    double best = Double.NEGATIVE_INFINITY;
    for (Piece p : model.pieces()) {
      best = p.kind() == Kind.NORMAL ? Math.max(best, p.score()) : best;
    }
    ArrayNode vocab = out.putArray("vocab");
    for (int i = 0; i < model.pieces().size(); i++) {
      Piece p = model.pieces().get(i);
      // SentencePiece's own bonus, by which such a piece is always taken.
      boolean own = p.kind() == Kind.USER_DEFINED && best > Double.NEGATIVE_INFINITY;
      int length = p.text().codePointCount(0, p.text().length());
      vocab.addArray().add(shown(i)).add(own ? length * best - 0.1 : p.score());
    }
    return out;
  }

  /** A merge for every way to cut a piece in two; the better score first. */
  private record Merge(String left, String right, float score, int leftId, int rightId) {}

  private ObjectNode bpe() {
    ObjectNode out = JsonNodeFactory.instance.objectNode().put("type", "BPE");
    ObjectNode vocab = JsonNodeFactory.instance.objectNode();
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < model.pieces().size(); i++) {
      String piece = shown(i);
      if (usual(model.pieces().get(i))) {
        ids.put(piece, i);
      }
      vocab.put(piece, i);
    }
    out.put("unk_token", shown(model.ids().get("unk")));
    out.put("fuse_unk", true).put("byte_fallback", model.byteFallback());
    List<Merge> merges = new ArrayList<>();
    for (Map.Entry<String, Integer> e : ids.entrySet()) {
      String piece = e.getKey();
      Piece p = model.pieces().get(e.getValue());
      if (p.kind() != Kind.NORMAL) {
        continue;
      }
      for (int cut = 1; cut < piece.length(); cut++) {
        Integer left = ids.get(piece.substring(0, cut));
        Integer right = ids.get(piece.substring(cut));
        if (left != null && right != null) {
          merges.add(
              new Merge(piece.substring(0, cut), piece.substring(cut), p.score(), left, right));
        }
      }
    }
    merges.sort(
        Comparator.comparingDouble((Merge m) -> -m.score)
            .thenComparing(Merge::leftId)
            .thenComparing(Merge::rightId));
    out.set("vocab", vocab);
    ArrayNode list = out.putArray("merges");
    merges.forEach(m -> list.addArray().add(m.left).add(m.right));
    return out;
  }
}
