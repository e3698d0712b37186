package dev.orograph.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The Hugging Face tokenizers library over one checked {@code tokenizer.json}: what {@link Engine}
 * is compared with. It ends the process over some documents, so it is given only such that people
 * wrote.
 *
 * <p>Only the bindings are used, not the classes above them: those report to their maker's servers,
 * truncate at 512 tokens and read further files.
 */
final class NativeEngine implements Codec, AutoCloseable {
  static {
    // The library for the processor lies in the jar; without this it would look for graphics cards
    // and download another one.
    System.setProperty("ai.djl.offline", "true");
    LibUtils.checkStatus();
  }

  private final long handle;

  /**
   * Starts the library.
   *
   * @param json what {@link CheckedJson} wrote
   */
  NativeEngine(JsonNode json) {
    handle = TokenizersLibrary.LIB.createTokenizerFromString(json.toString());
  }

  @Override
  public Encoding encode(String text) {
    long encoding = TokenizersLibrary.LIB.encode(handle, text, false);
    try {
      long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
      CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
      return encoding(ids, spans, text);
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  /** The library counts code points, Java counts chars. */
  private static Encoding encoding(long[] ids, CharSpan[] spans, String text) {
    int points = text.codePointCount(0, text.length());
    int[] chars = points == text.length() ? null : new int[points + 1];
    for (int i = 0, at = 0; chars != null && i < points; i++) {
      at += Character.charCount(text.codePointAt(at));
      chars[i + 1] = at;
    }
    List<Integer> all = new ArrayList<>(ids.length);
    List<Encoding.Span> where = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      all.add((int) ids[i]);
      int begin = spans[i] == null ? 0 : Math.min(spans[i].getStart(), points);
      int end = spans[i] == null ? 0 : Math.min(spans[i].getEnd(), points);
      where.add(
          chars == null
              ? new Encoding.Span(begin, end)
              : new Encoding.Span(chars[begin], chars[end]));
    }
    return new Encoding(all, where);
  }

  @Override
  public String decode(long[] ids) {
    return TokenizersLibrary.LIB.decode(handle, ids, false);
  }

  @Override
  public void close() {
    TokenizersLibrary.LIB.deleteTokenizer(handle);
  }
}
