package dev.orograph.instrument.density;

import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Per token what was measured, and per distinct point its neighbours. */
final class DensityArrays {
  private DensityArrays() {}

  static void write(
      Path folder,
      Sample sample,
      Nearest nearest,
      double[] norms,
      double[] plain,
      double[] seedMeans) {
    int tokens = sample.tokens().length;
    int points = sample.points();
    double[] means = nearest.means();
    double[] radii = nearest.radii();
    int[] copies = sample.copies();
    long[] neighbours = new long[nearest.neighbours().length];
    for (int i = 0; i < neighbours.length; i++) {
      neighbours[i] = sample.token(nearest.neighbours()[i]);
    }
    SafetensorsWriter.writeUnforced(
        folder.resolve("density.safetensors"),
        List.of(
            whole("ids", IntStream.of(sample.tokens())),
            whole("copies", IntStream.range(0, tokens).map(t -> copies[sample.point(t)])),
            per(sample, "seed_norms", p -> plain[p]),
            per(sample, "norms", p -> norms[p]),
            per(sample, "seed_mean_distances", p -> seedMeans[p]),
            per(sample, "seed_densities", p -> Double.isNaN(seedMeans[p]) ? 0 : 1 / seedMeans[p]),
            per(sample, "mean_distances", p -> means[p]),
            per(sample, "kth_distances", p -> radii[p]),
            per(sample, "densities", p -> 1 / means[p]),
            whole("point_ids", IntStream.range(0, points).map(sample::token)),
            Entry.of("neighbours", neighbours, points, nearest.k()),
            Entry.of("distances", nearest.distances(), points, nearest.k())));
  }

  private static Entry whole(String name, IntStream values) {
    long[] all = values.asLongStream().toArray();
    return Entry.of(name, all, all.length);
  }

  private static Entry per(Sample sample, String name, IntToDoubleFunction ofPoint) {
    double[] all =
        IntStream.range(0, sample.tokens().length)
            .mapToDouble(t -> ofPoint.applyAsDouble(sample.point(t)))
            .toArray();
    return Entry.of(name, all, all.length);
  }
}
