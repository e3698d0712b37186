package dev.orograph.survey;

/** Hears how far a survey is. Called from several threads. */
public interface Progress {
  /** Says nothing. */
  Progress SILENT = (instrument, label, done, total, pieces, of) -> {};

  /**
   * A piece has ended.
   *
   * @param instrument title of the instrument
   * @param label the piece
   * @param done work done in this survey, in the pieces' own units, resumed pieces included
   * @param total work known so far
   * @param pieces pieces done
   * @param of pieces known so far
   */
  void piece(String instrument, String label, double done, double total, int pieces, int of);
}
