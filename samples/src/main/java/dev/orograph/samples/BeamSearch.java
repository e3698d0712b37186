package dev.orograph.samples;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The likeliest answers to questions, token by token. Of all continuations of the answers that are
 * kept, those that end are finished, and the likeliest of the others are kept. An answer ranks by
 * the sum of its tokens' log-probabilities, the end included; nothing is divided by its length.
 *
 * @param beams answers that are kept, and answers that are given
 * @param most tokens of an answer, the end included; what has not ended by then is dropped
 * @param end the token that ends an answer
 */
record BeamSearch(int beams, int most, int end) {
  /** What comes next. */
  @FunctionalInterface
  interface Scorer {
    /** Log-probability of each token behind each answer that was begun. */
    List<double[]> next(List<Begun> answers);
  }

  /**
   * The beginning of an answer.
   *
   * @param question its number
   * @param answer its tokens so far, or all without the end
   */
  record Begun(int question, Answer answer) {}

  /**
   * An answer, or its beginning.
   *
   * @param tokens without the end
   * @param score log-probability
   */
  record Answer(List<Integer> tokens, double score) {
    private Answer with(int token, double logProbability) {
      List<Integer> longer = new ArrayList<>(tokens);
      longer.add(token);
      return new Answer(List.copyOf(longer), score + logProbability);
    }
  }

  private static final Comparator<Answer> BEST_FIRST =
      Comparator.comparingDouble(Answer::score).reversed();

  /** For each question its finished answers, the likeliest first. */
  List<List<Answer>> search(int questions, Scorer scorer) {
    List<List<Answer>> open = new ArrayList<>();
    List<List<Answer>> finished = new ArrayList<>();
    for (int q = 0; q < questions; q++) {
      open.add(List.of(new Answer(List.of(), 0)));
      finished.add(new ArrayList<>());
    }
    for (int step = 0; step < most; step++) {
      List<Begun> all = new ArrayList<>();
      for (int q = 0; q < questions; q++) {
        for (Answer a : open.get(q)) {
          all.add(new Begun(q, a));
        }
      }
      if (all.isEmpty()) {
        break;
      }
      List<double[]> next = scorer.next(all);
      int at = 0;
      for (int q = 0; q < questions; q++) {
        int n = open.get(q).size();
        open.set(q, step(open.get(q), next.subList(at, at + n), finished.get(q)));
        at += n;
      }
    }
    return finished;
  }

  /** One question's answers, a token longer; what ends goes to the finished ones. */
  private List<Answer> step(List<Answer> open, List<double[]> next, List<Answer> finished) {
    List<Answer> longer = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      double[] scores = next.get(i);
      Answer a = open.get(i);
      finished.add(new Answer(a.tokens(), a.score() + scores[end]));
      for (int token : best(scores)) {
        longer.add(a.with(token, scores[token]));
      }
    }
    cut(finished);
    cut(longer);
    // No answer gains by going on: what is below the last finished one stays there.
    if (finished.size() == beams) {
      longer.removeIf(a -> a.score() <= finished.get(beams - 1).score());
    }
    return longer;
  }

  private void cut(List<Answer> answers) {
    answers.sort(BEST_FIRST);
    if (answers.size() > beams) {
      answers.subList(beams, answers.size()).clear();
    }
  }

  /** The likeliest tokens but the end. */
  private List<Integer> best(double[] scores) {
    PriorityQueue<Integer> queue =
        new PriorityQueue<>(Comparator.comparingDouble((Integer token) -> scores[token]));
    for (int token = 0; token < scores.length; token++) {
      if (token != end && (queue.size() < beams || scores[token] > scores[queue.element()])) {
        queue.add(token);
        if (queue.size() > beams) {
          queue.remove();
        }
      }
    }
    return List.copyOf(queue);
  }
}
