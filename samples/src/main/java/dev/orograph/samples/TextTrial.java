package dev.orograph.samples;

import dev.orograph.samples.Contest.Measure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A language model on held-out lines, beside tokens that are counted.
 *
 * @param model what it makes of tokens
 * @param lessons how lines become tokens
 * @param seed of training and evaluation
 */
record TextTrial(Likelihood model, Lessons lessons, long seed) {
  /** Measures. */
  Findings run(Corpus<String> lines) {
    List<int[]> learned = lines.training().stream().map(lessons::line).toList();
    int vocabulary = Math.toIntExact(model.model().vocabulary());
    Counts counts = new Counts(learned, vocabulary);
    List<int[]> heldOut = lessons.alone(lines.heldOut());
    int[] tokens = scored(heldOut);
    Map<String, double[]> losses = new LinkedHashMap<>();
    losses.put("this model", model.lines(heldOut));
    losses.put("bigrams, Kneser-Ney", each(heldOut, counts, true));
    losses.put("unigrams, add one", each(heldOut, counts, false));
    boolean bytes = lessons.sample().pieces().isEmpty();
    Map<String, Number> facts = new LinkedHashMap<>();
    facts.put("lines learned from", learned.size());
    facts.put("tokens learned from", learned.stream().mapToLong(l -> l.length).sum());
    facts.put("lines held out", heldOut.size());
    facts.put("lines held out but dropped, since training has their text", lines.repeated());
    facts.put("tokens scored", Arrays.stream(tokens).asLongStream().sum());
    facts.put("lines cut after " + Lessons.MOST + " tokens", cut(lines.heldOut(), heldOut));
    facts.put(
        "lines longer than the " + lessons.sample().length() + " positions of training",
        Arrays.stream(tokens).filter(n -> n > lessons.sample().length()).count());
    facts.put("discount of the bigrams", counts.discount());
    List<int[]> known = lessons.alone(lines.measured(seed));
    return new Findings(
        List.of(
            Contest.losses(
                "Held-out lines", bytes ? Measure.BITS : Measure.PERPLEXITY, tokens, losses, seed)),
        Arrays.stream(model.lines(known)).sum() / Arrays.stream(scored(known)).sum(),
        facts,
        methods(bytes),
        limits(lessons, counts, vocabulary));
  }

  private static double[] each(List<int[]> lines, Counts counts, boolean pairs) {
    return lines.stream().mapToDouble(l -> pairs ? counts.behind(l) : counts.alone(l)).toArray();
  }

  private static int[] scored(List<int[]> lines) {
    return lines.stream().mapToInt(l -> l.length - 1).toArray();
  }

  private long cut(List<String> lines, List<int[]> tokens) {
    long cut = 0;
    for (int i = 0; i < lines.size(); i++) {
      cut += lessons.line(lines.get(i)).length > tokens.get(i).length ? 1 : 0;
    }
    return cut;
  }

  private static List<String> methods(boolean bytes) {
    List<String> methods = new ArrayList<>();
    methods.add(
        "Each held-out line stands by itself behind its first token, `<s>`, as lines begin in"
            + " training (where other lines may stand before it); all tokens behind `<s>` are scored,"
            + " the end token included"
            + (bytes ? ", which counts as a byte." : "."));
    methods.add(
        "All entrants predict the same tokens of the same lines. The baselines count the lines that"
            + " the model learned from, in the same tokens: unigrams with one added to every count,"
            + " and interpolated Kneser-Ney bigrams with one discount n1 / (n1 + 2 n2) per order.");
    methods.add(
        String.format(
            Locale.ROOT,
            "Intervals: 95 %%, percentile bootstrap over lines, %,d draws; leads are paired by line.",
            Contest.DRAWS));
    return methods;
  }

  private static List<String> limits(Lessons lessons, Counts counts, int vocabulary) {
    return List.of(
        lessons.unmet(counts::met, vocabulary),
        "It knows lines of a dictionary only: it holds no conversation, follows no instruction and"
            + " states facts that are not so.");
  }
}
