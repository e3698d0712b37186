package dev.orograph.instrument;

/**
 * What the engine needs to know about a piece of work before it runs it. All of it follows from the
 * subject and the settings, never from the machine.
 */
public interface Piece {
  /** Names the piece within its instrument and stage; also keys its random generator. */
  String label();

  /** Rough cost in multiplications, for the order and the time left. */
  double work();

  /** Upper bound on anonymous memory in bytes while it is measured. */
  long bytes();

  /** Native threads: part of what fixes the digits. */
  int nativeThreads();
}
