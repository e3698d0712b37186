package dev.orograph.model.train;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.Hashing;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.AdamW;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.Trainable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a training needs to go on as if it had never stopped: weights and both moments with every
 * bit, and the number of steps done, in {@code training.safetensors}. The file is replaced whole or
 * not at all.
 */
final class Snapshot {
  private static final String NAME = "training.safetensors";
  private static final String STEP = "step";

  private final Map<String, String> origin;

  /** The one of a training, told from others by what it was made of. */
  Snapshot(Model model, Recipe recipe, Batches data) {
    Map<String, byte[]> weights = new LinkedHashMap<>();
    model
        .checkpoint()
        .sha256()
        .forEach((file, sum) -> weights.put(file.getFileName().toString(), bytes(sum)));
    weights.put("config", bytes(model.checkpoint().config().map(Object::toString).orElse("")));
    origin = new LinkedHashMap<>();
    origin.put("recipe", recipe.toString());
    origin.put("initial weights", Hashing.parts(weights));
    origin.put("batches", data.fingerprint());
  }

  /** The one of a training of something beside the weights, which begins with these numbers. */
  Snapshot(Model model, Modulator modulator, boolean unscaled, Recipe recipe, Batches data) {
    this(model, recipe, data);
    Map<String, byte[]> parts = new LinkedHashMap<>();
    parts.put("design", bytes(modulator.design() + " " + unscaled));
    modulator
        .design()
        .entries()
        .forEach(
            e -> {
              double[] values = modulator.get(e.name());
              ByteBuffer numbers = ByteBuffer.allocate(values.length * Double.BYTES);
              numbers.asDoubleBuffer().put(values);
              parts.put(e.name(), numbers.array());
            });
    origin.put("modulator", Hashing.parts(parts));
  }

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes it.
   *
   * @throws InputException where the disk refuses; what lay there before is left as it was
   */
  void write(Path folder, long step, Trainable model, AdamW optimiser) {
    try {
      Disk.folder(folder);
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
    Map<String, String> metadata = new LinkedHashMap<>(origin);
    metadata.put(STEP, Long.toString(step));
    SafetensorsWriter.write(
        folder.resolve(NAME),
        metadata,
        List.of(
            model.values().entry("values"),
            optimiser.first().entry("first"),
            optimiser.second().entry("second")));
  }

  /**
   * Goes back to what lies in the folder.
   *
   * @return the steps done; 0 where nothing lies there, and then nothing is changed
   * @throws InputException where it is of another training, or damaged
   */
  long read(Path folder, Trainable model, AdamW optimiser) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return 0;
    }
    try (Checkpoint c = Checkpoint.open(file)) {
      origin.forEach(
          (what, mine) -> {
            if (!mine.equals(c.metadata().get(what))) {
              throw refused(file, "should be of the same " + what, "it is of another training");
            }
          });
      String step = c.metadata().getOrDefault(STEP, "");
      if (!step.matches("\\d{1,18}")) {
        throw refused(file, "should say how many steps were done", "it says '" + step + "'");
      }
      model.values().read(c, "values");
      optimiser.first().read(c, "first");
      optimiser.second().read(c, "second");
      return Long.parseLong(step);
    }
  }

  private static InputException refused(Path file, String expected, String found) {
    return InputException.at(file)
        .place("the saved training")
        .expected(expected)
        .found(found)
        .remedy("choose another folder, or remove the file to start again")
        .build();
  }
}
