package dev.orograph.survey;

import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Subject;
import java.io.Serializable;
import java.util.List;
import java.util.function.Function;

/** Runs pieces of work somewhere and hands each result over as soon as it is there. */
public interface Engine extends AutoCloseable {
  /** Takes results, one at a time, in any order. */
  interface Sink<U, R> {
    /** One result. */
    void accept(U piece, R result);
  }

  /**
   * Measures all pieces. Returns when every result was handed over; the first failure stops the
   * rest, those of other instruments too, and is thrown. Several threads may call it at once.
   *
   * @param contexts the context of a piece
   */
  <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void measure(
          Function<Piece, Context> contexts,
          Instrument<S, U, R> instrument,
          List<Subject> subjects,
          S settings,
          List<U> pieces,
          Sink<U, R> sink);

  @Override
  void close();
}
