package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import dev.orograph.samples.BeamSearch.Answer;
import dev.orograph.samples.BeamSearch.Begun;
import dev.orograph.samples.BeamSearch.Scorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against all answers there are. */
class BeamSearchTest {
  private static final int END = 1;

  @TempDir Path folder;

  /** Log-probabilities drawn anew for every question and beginning. */
  private static Scorer drawn(int vocabulary) {
    return begun ->
        begun.stream()
            .map(
                b -> {
                  String name = b.question() + " " + b.answer().tokens();
                  double[] scores = new double[vocabulary];
                  Generator.keyed(3, "test", name).standardNormal(scores);
                  double sum = 0;
                  for (double s : scores) {
                    sum += Math.exp(2 * s);
                  }
                  double normaliser = Math.log(sum);
                  return IntStream.range(0, vocabulary)
                      .mapToDouble(i -> 2 * scores[i] - normaliser)
                      .toArray();
                })
            .toList();
  }

  /** Every answer of up to {@code most} tokens with its end, the likeliest first. */
  private static List<Answer> all(int question, Scorer scorer, int most) {
    List<Answer> finished = new ArrayList<>();
    List<Answer> open = List.of(new Answer(List.of(), 0));
    for (int step = 0; step < most; step++) {
      List<double[]> next = scorer.next(open.stream().map(a -> new Begun(question, a)).toList());
      List<Answer> longer = new ArrayList<>();
      for (int i = 0; i < open.size(); i++) {
        double[] scores = next.get(i);
        for (int token = 0; token < scores.length; token++) {
          List<Integer> tokens = new ArrayList<>(open.get(i).tokens());
          double score = open.get(i).score() + scores[token];
          if (token == END) {
            finished.add(new Answer(tokens, score));
          } else {
            tokens.add(token);
            longer.add(new Answer(tokens, score));
          }
        }
      }
      open = longer;
    }
    finished.sort(Comparator.comparingDouble(Answer::score).reversed());
    return finished;
  }

  private static void requireSame(List<Answer> found, List<Answer> expected) {
    assertThat(found.stream().map(Answer::tokens).toList())
        .isEqualTo(expected.stream().map(Answer::tokens).toList());
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-4));
    }
  }

  @Test
  void enoughBeamsFindTheLikeliestAnswersOfAll() {
    Scorer scorer = drawn(5);
    // 4^3 beginnings before the last token.
    List<List<Answer>> found = new BeamSearch(64, 4, END).search(3, scorer);
    for (int q = 0; q < 3; q++) {
      requireSame(found.get(q), all(q, scorer, 4).subList(0, 64));
    }
  }

  @Test
  void fewBeamsFindAnswersWithTheirOwnProbabilities() {
    Scorer scorer = drawn(5);
    List<Answer> every = all(0, scorer, 4);
    List<Answer> found = new BeamSearch(3, 4, END).search(1, scorer).get(0);
    assertThat(found)
        .hasSize(3)
        .isSortedAccordingTo(Comparator.comparingDouble(Answer::score).reversed());
    assertThat(every).containsAll(found);
  }

  /** a then end has .4, but the likeliest beginning b leads to many answers of little each. */
  @Test
  void oneBeamIsGreedyAndTwoFindTheLikelierAnswer() {
    Scorer scorer =
        begun ->
            begun.stream()
                .map(
                    b -> {
                      List<Integer> t = b.answer().tokens();
                      double[] p =
                          t.isEmpty()
                              ? new double[] {0.4, 0.01, 0.59}
                              : t.get(0) == 0
                                  ? new double[] {0.005, 0.99, 0.005}
                                  : new double[] {0.35, 0.3, 0.35};
                      return IntStream.range(0, 3).mapToDouble(i -> Math.log(p[i])).toArray();
                    })
                .toList();
    assertThat(new BeamSearch(1, 2, END).search(1, scorer).get(0).get(0).tokens())
        .containsExactly(2);
    assertThat(new BeamSearch(2, 2, END).search(1, scorer).get(0).get(0).tokens())
        .containsExactly(0);
  }

  /** Sources of two lengths in one batch, so padding is there. */
  @Test
  void aModelsAnswersAreTheLikeliestOfAll() {
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 5, folder);
    try (Model model = Model.open(folder);
        Transformer transformer = Transformer.load(model)) {
      Likelihood likelihood = new Likelihood(transformer, () -> false);
      List<int[]> sources = List.of(new int[] {7, 300, 20, 1}, new int[] {9, 1});
      Scorer scorer =
          begun ->
              likelihood.next(
                  begun.stream().map(b -> sources.get(b.question())).toList(),
                  begun.stream().map(b -> b.answer().tokens()).toList());
      List<List<Answer>> found = new BeamSearch(511, 2, END).search(2, scorer);
      for (int q = 0; q < 2; q++) {
        List<Answer> every = all(q, scorer, 2);
        assertThat(every).hasSize(512);
        requireSame(found.get(q).subList(0, 100), every.subList(0, 100));
      }
      // What a search gives an answer is what the model gives it as a whole.
      Answer best = found.get(0).get(0);
      int[] target =
          IntStream.concat(best.tokens().stream().mapToInt(i -> i), IntStream.of(END)).toArray();
      assertThat(likelihood.pairs(sources.subList(0, 1), List.of(target))[0])
          .isCloseTo(-best.score(), within(1e-4));
    }
  }
}
