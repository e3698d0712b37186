package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Choices;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Settings of the instruments of the embedding.
 *
 * @param sound whether to give the sound figures and the nulls
 * @param seed seed of the draws
 * @param cosines tokens among which all cosines are taken
 * @param simplices how many sets of points are drawn
 * @param distances tokens among which all distances are taken
 * @param spectrum tokens of the second seed's covariance
 * @param words category to its words
 * @param metrics by which maps are drawn, the first is shown first
 */
public record TerrainSettings(
    boolean sound,
    long seed,
    int cosines,
    int simplices,
    int distances,
    int spectrum,
    Map<String, List<String>> words,
    List<Metric> metrics)
    implements Serializable {
  private static final List<Metric> USUAL = List.of(Metric.COSINE);

  /** Settings with the seed's own word lists. */
  public TerrainSettings(
      boolean sound, long seed, int cosines, int simplices, int distances, int spectrum) {
    this(sound, seed, cosines, simplices, distances, spectrum, SeedWords.lists(), USUAL);
  }

  /** The same with other words. */
  TerrainSettings with(Map<String, List<String>> lists) {
    return new TerrainSettings(
        sound, seed, cosines, simplices, distances, spectrum, lists, metrics);
  }

  /** The same with other metrics. */
  TerrainSettings by(List<Metric> others) {
    return new TerrainSettings(sound, seed, cosines, simplices, distances, spectrum, words, others);
  }

  /** The sizes of the seed's own samples. */
  static TerrainSettings of(Choices.Made made) {
    return new TerrainSettings(made.sound(), made.seed(), 5000, 1000, 2000, 10_000);
  }
}
