package dev.orograph.model.forward;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.design.EntryDesign.Image;
import dev.orograph.model.design.StackDesign;
import java.nio.file.Path;
import java.util.List;

/** What is refused before anything is computed: configurations, left-over weights, inputs. */
final class Checks {
  private final Path file;

  Checks(Model model) {
    file = model.checkpoint().configFile().orElse(model.checkpoint().root());
  }

  /**
   * Token ids, vectors, images, masks and positions that a stack can read.
   *
   * @param past positions that were read before
   */
  void inputs(BlockStack stack, Inputs in, int past) {
    Image image = stack.entry().image();
    StackDesign d = stack.design();
    if (in.batch() < 1) {
      throw refused("reads at least one sequence", "there is none");
    }
    if (image != null) {
      List<Integer> shape = List.of(in.batch(), image.channels(), image.side(), image.side());
      if (in.pixels == null || !in.pixels.shape().equals(shape)) {
        throw refused(
            "reads images of shape " + shape, in.pixels == null ? "none" : "" + in.pixels.shape());
      }
      return;
    }
    if (in.ids == null && (in.vectors == null || in.vectors.shape().get(2) != d.shape().dModel())) {
      throw refused(
          "reads token ids or vectors of width " + d.shape().dModel(),
          in.vectors == null ? "there are none" : "they have width " + in.vectors.shape().get(2));
    }
    int length = in.length();
    if (length < 1) {
      throw refused("reads at least one token", "the prompt is empty");
    }
    if (in.ids != null) {
      rows("token ids", in.ids, in.batch(), length, stack.entry().vocabulary());
    }
    long most = stack.most();
    if (most > 0 && past + length > most && in.positions == null) {
      throw refused("reads at most " + most + " positions", "there are " + (past + length));
    }
    if (in.mask != null) {
      rows("masks", in.mask, in.batch(), past + length, 2);
    }
    if (in.positions != null) {
      rows("positions", in.positions, in.batch(), length, most > 0 ? most : Integer.MAX_VALUE);
    }
    if (in.types != null) {
      rows("token types", in.types, in.batch(), length, stack.entry().typed());
    }
  }

  /** Labels in the shape of what is read, where a position that does not count has its own. */
  void labels(List<int[]> labels, Inputs read, long vocabulary) {
    List<int[]> counted =
        labels.stream()
            .map(r -> java.util.Arrays.stream(r).map(v -> v == Scored.IGNORED ? 0 : v).toArray())
            .toList();
    rows("labels", counted, read.batch(), read.length(), vocabulary);
  }

  private void rows(String what, List<int[]> rows, int count, int length, long limit) {
    if (rows.size() != count) {
      throw refused("reads " + what + " of " + count + " sequences", "there are " + rows.size());
    }
    for (int i = 0; i < count; i++) {
      int[] row = rows.get(i);
      if (row.length != length) {
        throw refused(
            "reads " + what + " of " + length + " positions",
            "sequence " + i + " has " + row.length);
      }
      for (int j = 0; j < length; j++) {
        if (row[j] < 0 || row[j] >= limit) {
          throw refused(
              "reads " + what + " from 0 to " + (limit - 1),
              "position " + j + " of sequence " + i + " has " + row[j]);
        }
      }
    }
  }

  /** The exception about what a model reads. */
  InputException refused(String expected, String found) {
    return InputException.at(file)
        .place("the model")
        .expected(expected)
        .found(found)
        .remedy("give it what it was made for")
        .build();
  }
}
