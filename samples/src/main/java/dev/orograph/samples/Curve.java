package dev.orograph.samples;

import dev.orograph.input.InputException;
import dev.orograph.model.train.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The losses of a training as {@code training.csv}: a row every so many steps, with the mean loss
 * of these steps. A training that goes on from an earlier step drops the rows after it.
 */
final class Curve {
  /** Its name beside a checkpoint. */
  static final String NAME = "training.csv";

  private static final String HEADER = "step,loss,held_out_loss,rate,gradient_norm,seconds";

  private final Path file;
  private double sum;
  private int steps;
  private double before;
  private long began = System.nanoTime();

  /**
   * Goes on after a step.
   *
   * @param done steps that an earlier run did
   */
  Curve(Path file, long done) {
    this.file = file;
    List<String> kept = new ArrayList<>(List.of(HEADER));
    try {
      if (Files.exists(file)) {
        for (String row : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          if (row.matches("\\d+,.*") && Long.parseLong(row.split(",", 2)[0]) <= done) {
            kept.add(row);
            before = Double.parseDouble(row.substring(row.lastIndexOf(',') + 1));
          }
        }
      }
      Files.write(file, kept, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
  }

  /** A step was done. */
  void step(Progress p) {
    sum += p.loss();
    steps++;
  }

  /** Mean loss of the steps since the last row. */
  double loss() {
    return sum / steps;
  }

  /** Seconds of training so far, earlier runs included. */
  double seconds() {
    return before + (System.nanoTime() - began) * 1e-9;
  }

  /** Writes a row. */
  void row(Progress p, double heldOut) {
    String row =
        String.format(
            Locale.ROOT,
            "%d,%.4f,%.4f,%.3g,%.3g,%.1f\n",
            p.step(),
            loss(),
            heldOut,
            p.rate(),
            p.norm(),
            seconds());
    try {
      Files.writeString(file, row, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw InputException.unwritable(file, e);
    }
    sum = 0;
    steps = 0;
  }
}
