package dev.orograph.tokenizer;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The native tokenizer of one checked {@code tokenizer.json}. Any number of threads may encode;
 * closing waits for them.
 *
 * <p>Only the bindings are used, not the classes above them: those report to their maker's servers,
 * truncate at 512 tokens and read further files.
 */
final class Engine implements Codec {
  static {
    // The library for the processor lies in the jar; without this it would look for graphics cards
    // and download another one.
    System.setProperty("ai.djl.offline", "true");
    LibUtils.checkStatus();
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final long handle;
  private boolean closed;

  /**
   * Starts the engine.
   *
   * @param json what {@link CheckedJson} wrote, nothing else
   * @throws Refused where the engine does not take it
   */
  Engine(String json) throws Refused {
    try {
      handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
    } catch (RuntimeException e) {
      throw new Refused(e);
    }
  }

  @Override
  public Encoding encode(String text) throws Refused {
    lock.readLock().lock();
    try {
      requireOpen();
      long encoding = TokenizersLibrary.LIB.encode(handle, text, false);
      try {
        long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
        CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
        return encoding(ids, spans, text);
      } finally {
        TokenizersLibrary.LIB.deleteEncoding(encoding);
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Refused(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The engine counts code points, Java counts chars. */
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
  public String decode(long[] ids) throws Refused {
    lock.readLock().lock();
    try {
      requireOpen();
      return TokenizersLibrary.LIB.decode(handle, ids, false);
    } catch (IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Refused(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the tokenizer is closed");
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        TokenizersLibrary.LIB.deleteTokenizer(handle);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
