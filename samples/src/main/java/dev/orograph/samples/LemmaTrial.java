package dev.orograph.samples;

import dev.orograph.samples.BeamSearch.Answer;
import dev.orograph.samples.BeamSearch.Begun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The reverse dictionary on held-out glosses, beside the most frequent lemmas and the lemmas of the
 * glosses that share most words.
 *
 * @param model what it makes of tokens
 * @param lessons how glosses and lemmas become tokens
 * @param seed of training and evaluation
 */
record LemmaTrial(Likelihood model, Lessons lessons, long seed) {
  /** Glosses that are asked. */
  static final int ASKED = 1000;

  /** Answers that count, and beams. */
  static final int ANSWERS = 10;

  /** Longest answer, where training had none as long. */
  private static final int MOST = 32;

  /** Glosses whose answers are searched together. */
  private static final int TOGETHER = 40;

  /** Measures. */
  Findings run(Corpus<Synset> synsets) {
    List<Synset> asked = synsets.drawn(seed, "reverse dictionary", ASKED);
    List<int[]> targets = synsets.training().stream().map(s -> lessons.target(s.lemma())).toList();
    int longest = Math.min(MOST, targets.stream().mapToInt(t -> t.length).max().orElse(1));
    GlossOverlap overlap = new GlossOverlap(synsets.training());
    List<String> frequent = frequent(synsets.training());
    Map<String, List<List<String>>> answers = new LinkedHashMap<>();
    answers.put("this model", answers(asked, longest));
    answers.put(
        "nearest glosses, TF-IDF",
        asked.stream().map(s -> overlap.answers(s.definition(), ANSWERS)).toList());
    answers.put("most frequent lemmas", asked.stream().map(s -> frequent).toList());
    Set<String> learned = new HashSet<>(synsets.training().stream().map(Synset::lemma).toList());
    IntPredicate known = i -> learned.contains(asked.get(i).lemma());
    List<Contest> contests = new ArrayList<>();
    for (int among : List.of(1, ANSWERS)) {
      String title = among == 1 ? "The first answer" : "One of " + among + " answers";
      contests.add(contest(title + ", all glosses", asked, answers, among, i -> true));
      contests.add(contest(title + ", lemma also in training", asked, answers, among, known));
    }
    Map<String, Number> facts = new LinkedHashMap<>();
    facts.put("pairs learned from", synsets.training().size());
    facts.put("glosses held out", synsets.heldOut().size());
    facts.put("glosses held out but dropped, since training has their text", synsets.repeated());
    facts.put("glosses asked", asked.size());
    facts.put("asked whose lemma is also in training", contests.get(1).entries());
    facts.put("tokens of an answer at most", longest);
    return new Findings(
        contests.stream().filter(c -> c.entries() > 0).toList(),
        loss(synsets.measured(seed)),
        facts,
        methods(),
        limits(synsets, targets));
  }

  private double loss(List<Synset> measured) {
    List<int[]> targets = measured.stream().map(s -> lessons.target(s.lemma())).toList();
    double[] losses = model.pairs(measured.stream().map(lessons::source).toList(), targets);
    return Arrays.stream(losses).sum() / targets.stream().mapToInt(t -> t.length).sum();
  }

  /** The lemmas of most synsets; of equally frequent ones the first by alphabet. */
  static List<String> frequent(List<Synset> learned) {
    Map<String, Integer> counts = new HashMap<>();
    learned.forEach(s -> counts.merge(s.lemma(), 1, Integer::sum));
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(ANSWERS)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What the model answers, different words only, in the order of the glosses. */
  private List<List<String>> answers(List<Synset> asked, int longest) {
    BeamSearch search = new BeamSearch(ANSWERS, longest, PieceModel.EOS);
    List<int[]> sources = asked.stream().map(lessons::source).toList();
    // Equally long ones together, since padding is computed too.
    List<Integer> order =
        IntStream.range(0, asked.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> sources.get(i).length))
            .toList();
    List<List<String>> all = new ArrayList<>(asked.stream().map(s -> List.<String>of()).toList());
    for (int from = 0; from < order.size(); from += TOGETHER) {
      List<Integer> some = order.subList(from, Math.min(order.size(), from + TOGETHER));
      List<List<Answer>> found =
          search.search(
              some.size(), begun -> next(some.stream().map(sources::get).toList(), begun));
      for (int i = 0; i < some.size(); i++) {
        all.set(
            some.get(i),
            found.get(i).stream()
                .map(a -> lessons.tokenizer().decode(a.tokens(), true).strip())
                .distinct()
                .toList());
      }
      System.out.printf(
          Locale.ROOT, "t5: %,d of %,d glosses answered%n", from + some.size(), asked.size());
    }
    return all;
  }

  private List<double[]> next(List<int[]> sources, List<Begun> begun) {
    return model.next(
        begun.stream().map(b -> sources.get(b.question())).toList(),
        begun.stream().map(b -> b.answer().tokens()).toList());
  }

  private Contest contest(
      String title,
      List<Synset> asked,
      Map<String, List<List<String>>> answers,
      int among,
      IntPredicate counts) {
    int[] chosen = IntStream.range(0, asked.size()).filter(counts).toArray();
    Map<String, double[]> right = new LinkedHashMap<>();
    answers.forEach(
        (name, of) ->
            right.put(
                name,
                Arrays.stream(chosen)
                    .mapToDouble(
                        i ->
                            of.get(i).stream().limit(among).anyMatch(asked.get(i).lemma()::equals)
                                ? 1
                                : 0)
                    .toArray()));
    return Contest.answers(title, right, seed);
  }

  private static List<String> methods() {
    return List.of(
        String.format(
            Locale.ROOT,
            "%,d held-out glosses are drawn by the seed; the answers are the first %d of a beam"
                + " search with %d beams, ranked by the log-probability of the whole answer with"
                + " its end token, not divided by its length.",
            ASKED,
            ANSWERS,
            ANSWERS),
        "An answer is right where it is the first word of the synset, letter by letter; other words"
            + " of the synset count as wrong.",
        "Nearest glosses: the different lemmas of the training glosses with the highest cosine of"
            + " TF-IDF over words. Most frequent lemmas: the same "
            + ANSWERS
            + " for every gloss.",
        String.format(
            Locale.ROOT,
            "Intervals: 95 %%, Wilson's for shares; percentile bootstrap over glosses for leads,"
                + " %,d draws, paired by gloss.",
            Contest.DRAWS));
  }

  private List<String> limits(Corpus<Synset> synsets, List<int[]> targets) {
    Set<Integer> met = new HashSet<>(List.of(model.model().design().start()));
    Stream.concat(targets.stream(), synsets.training().stream().map(lessons::source))
        .forEach(ids -> Arrays.stream(ids).forEach(met::add));
    return List.of(
        lessons.unmet(met::contains, Math.toIntExact(model.model().vocabulary())),
        "It answers glosses of a dictionary only, behind the prompt `summarize: `; it summarises"
            + " nothing, and it always answers, whether it knows or not.");
  }
}
