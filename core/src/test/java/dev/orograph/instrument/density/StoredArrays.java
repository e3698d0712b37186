package dev.orograph.instrument.density;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.instrument.OneModel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a measurement left in its folder. */
final class StoredArrays {
  private final Map<String, double[]> arrays = new HashMap<>();

  StoredArrays(Path folder) {
    try (Checkpoint c = Checkpoint.open(OneModel.left(folder, "density.safetensors"))) {
      for (TensorInfo t : c.tensors()) {
        double[] values = new double[(int) t.count()];
        try (TensorData data = c.map(t)) {
          data.read(0, values, 0, values.length);
        }
        arrays.put(t.name(), values);
      }
    }
  }

  double[] of(String name) {
    return arrays.get(name);
  }
}
