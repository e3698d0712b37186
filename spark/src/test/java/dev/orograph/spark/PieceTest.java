package dev.orograph.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How tasks are cut into partitions. */
class PieceTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyTaskIsInOnePieceAndTheDearestComeFirst(long seed) {
    Random random = new Random(seed);
    double[] work = random.doubles(500).map(u -> Math.pow(u, -2)).toArray();
    for (int cores : new int[] {1, 2, 32}) {
      List<Task<Nothing>> tasks = Pieces.tasks(work);
      List<Piece<Nothing>> cut = Piece.cut(tasks, cores);
      assertThat(cut.stream().flatMap(p -> p.tasks().stream()))
          .containsExactlyInAnyOrderElementsOf(tasks);
      double share = Arrays.stream(work).sum() / (32.0 * cores);
      for (Piece<Nothing> piece : cut) {
        double sum = piece.tasks().stream().mapToDouble(Task::work).sum();
        assertThat(piece.tasks().size() == 1 || sum <= share).isTrue();
      }
      assertThat(cut.size()).isLessThanOrEqualTo(2 * 32 * cores);
      assertThat(cut.get(0).tasks().get(0).work())
          .isEqualTo(Arrays.stream(work).max().getAsDouble());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 600})
  void dealtOutEveryTaskIsInOnePiece(int count) {
    List<Task<Nothing>> tasks = Pieces.tasks(new Random(1).doubles(500, 1, 9).toArray());
    List<Piece<Nothing>> dealt = Piece.deal(tasks, count);
    assertThat(dealt).hasSize(Math.min(count, 500)).noneMatch(p -> p.tasks().isEmpty());
    assertThat(dealt.stream().flatMap(p -> p.tasks().stream()))
        .containsExactlyInAnyOrderElementsOf(tasks);
  }
}
