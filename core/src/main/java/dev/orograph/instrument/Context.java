package dev.orograph.instrument;

import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.function.Supplier;

/** What an instrument may use while it plans and measures. */
public interface Context {
  /** The open model of a subject; opened once per process, closed by the survey. */
  Model model(ModelSubject subject);

  /** A generator keyed by seed, instrument and piece: the same however work is split. */
  Generator generator(long seed, Piece piece);

  /**
   * Where this piece may leave arrays, as safetensors files that the survey merges into {@code
   * arrays/}, and checkpoints of its own. A name is used by one piece only.
   */
  Path folder();

  /**
   * A value that several pieces need: made by the first that asks, kept until the survey ends, and
   * counted by every piece that asks in its bytes. It must follow from the key and the subjects.
   *
   * @param key what it is; two instruments that mean the same use the same key
   */
  <T> T once(Object key, Supplier<T> value);

  /** Bytes of anonymous memory that all pieces together may take. */
  long memory();

  /**
   * Called often by long pieces.
   *
   * @throws java.util.concurrent.CancellationException when the run is being stopped
   */
  void checkCancelled();
}
