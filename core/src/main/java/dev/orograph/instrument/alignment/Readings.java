package dev.orograph.instrument.alignment;

import dev.orograph.instrument.Work;
import dev.orograph.lexicon.MatchedWords;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.linalg.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Words with their vectors, for the tasks of seeds, which share them within a process.
 *
 * @param words that match
 * @param taxonomy of their synsets
 * @param vectors of each way to read them, two at most
 * @param chains of hypernyms among them
 * @param memory what the vectors are in
 */
record Readings(
    MatchedWords words, Taxonomy taxonomy, List<Vectors> vectors, List<int[]> chains, Scope memory)
    implements AutoCloseable {
  private record Key(AlignmentSettings settings) {}

  /** Those of a model; see {@link AlignmentMeasurement#readings}. */
  static Readings of(Work work, AlignmentSettings settings, Optional<Path> left) {
    return work.once(
        new Key(settings), () -> new AlignmentMeasurement(work, settings, 1).readings(left));
  }

  @Override
  public void close() {
    memory.close();
  }
}
