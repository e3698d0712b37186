package dev.orograph.instrument.corpus;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.forward.Inputs;
import java.nio.file.Path;
import java.util.List;

/** Images of a file with one tensor {@code (n, channels, height, width)}, already normalised. */
final class Images implements Corpus {
  private final Checkpoint file;
  private final TensorData data;
  private final List<Integer> shape;

  Images(Path path) {
    file = Checkpoint.open(path);
    try {
      List<TensorInfo> all = file.tensors();
      boolean fits =
          all.size() == 1
              && all.get(0).shape().size() == 4
              && all.get(0).count() > 0
              && all.get(0).shape().stream().allMatch(s -> s <= Integer.MAX_VALUE)
              && all.get(0).count() / all.get(0).shape().get(0) <= 1 << 24;
      if (!fits || !all.get(0).dtype().floating()) {
        throw InputException.at(path)
            .expected("must hold one tensor [n, channels, height, width] of floating-point numbers")
            .found(
                all.size() == 1
                    ? "holds " + all.get(0).dtype() + " " + all.get(0).shape()
                    : "holds " + all.size() + " tensors")
            .remedy("write the images to a file of their own")
            .build();
      }
      shape = all.get(0).shape().stream().map(Long::intValue).toList();
      data = file.map(all.get(0));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public int size() {
    return shape.get(0);
  }

  @Override
  public Inputs inputs(int from, int to) {
    int each = shape.get(1) * shape.get(2) * shape.get(3);
    double[] pixels = new double[Math.multiplyExact(to - from, each)];
    data.read((long) from * each, pixels, 0, pixels.length);
    return Inputs.pixels(pixels, to - from, shape.get(1), shape.get(2), shape.get(3));
  }

  @Override
  public List<Beside> beside() {
    return List.of();
  }

  @Override
  public void close() {
    file.close();
  }
}
