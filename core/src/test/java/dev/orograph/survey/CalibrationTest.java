package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Options;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.stats.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random models have nothing to find: over many of them z of every claim has mean 0 and deviation
 * 1, p is uniform, nothing stands out, and no layer, head, row or token is unlike its kind; an
 * interval holds what its figure is on average as often as it says. Models and draws have seeds of
 * their own, so that no two share a null.
 */
class CalibrationTest {
  private static final long MEMORY = 1L << 30;

  /** Standard errors that a mean or a deviation may be off, of so many draws at most. */
  private static final double ERRORS = 4;

  private static final int DRAWS = 20;

  /** Draws pairs of a layout, which no null covers. */
  private static final List<String> OTHERS =
      List.of("embedding_map", "entropy", "extract", "waterfill");

  @TempDir private Path folder;
  private final Map<String, List<Double>> scores = new TreeMap<>();
  private final List<Double> tails = new ArrayList<>();
  private final List<String> shown = new ArrayList<>();
  private final List<String> astray = new ArrayList<>();
  private final List<String> unlike = new ArrayList<>();

  /** By family and id, what each control has. */
  private final Map<String, List<Scalar>> bounded = new TreeMap<>();

  @Test
  void twentyControls() throws IOException {
    controls(DRAWS);
    for (Map.Entry<String, List<Double>> claim : scores.entrySet()) {
      List<Double> z = claim.getValue();
      double n = Math.min(DRAWS, z.size());
      if (z.size() >= 6) {
        assertThat(Math.abs(Samples.mean(z)))
            .as("mean of %s over %d", claim.getKey(), z.size())
            .isLessThan(ERRORS / Math.sqrt(n));
        double error = ERRORS / Math.sqrt(2 * n);
        assertThat(Samples.deviation(z))
            .as("deviation of %s over %d", claim.getKey(), z.size())
            .isBetween(Math.max(0.1, 1 - error), 1 + error);
      }
    }
    assertThat(scores).containsKeys("spectra.effective_rank", "qk.score", "sparsity.gini");
    assertThat(tails).hasSizeGreaterThan(500);
    double share = tails.stream().filter(p -> p < 0.05).count() / (double) tails.size();
    assertThat(share).as("p below .05 of %d", tails.size()).isBetween(0.025, 0.085);
    assertThat(shown).as("what stands out of nothing").isEmpty();
    assertThat(unlike).as("what is unlike its kind in nothing").isEmpty();
    assertThat(astray).as("intervals without their value").isEmpty();
  }

  /** The long form; its table is in benchmarks/RESULTS.md. */
  @Test
  @Tag("campaign")
  void twoHundredControls() throws IOException {
    controls(Integer.getInteger("orograph.controls", 200));
    List<String> off = new ArrayList<>();
    scores.forEach(
        (claim, z) -> {
          if (z.size() > DRAWS && (Math.abs(Samples.mean(z)) > 0.5 || Samples.deviation(z) > 1.3)) {
            off.add(row(claim, z));
          }
        });
    assertThat(off).as("all: %s", String.join("\n", table())).isEmpty();
    assertThat(shown).hasSizeLessThanOrEqualTo(2);
    // One run of a hundred may name something: two expected of 200, more than 7 once in a thousand.
    assertThat(unlike).hasSizeLessThanOrEqualTo(7);
    coverage()
        .forEach(
            (figure, hits) -> {
              if (hits.size() >= 100) {
                assertThat(Samples.mean(hits)).as("coverage of %s", figure).isBetween(0.75, 1.0);
              }
            });
  }

  /**
   * By figure, whether each interval holds the mean of its figure over all controls of its family:
   * 1 or 0.
   */
  private Map<String, List<Double>> coverage() {
    Map<String, List<Double>> hits = new TreeMap<>();
    bounded.forEach(
        (id, runs) -> {
          double mean = Samples.mean(runs.stream().map(Scalar::value).toList());
          String of = id.substring(id.indexOf(' ') + 1);
          String figure =
              of.substring(0, of.indexOf('.')) + "." + of.substring(of.lastIndexOf('.') + 1);
          if (runs.size() >= 5) {
            runs.forEach(
                s ->
                    hits.computeIfAbsent(figure, f -> new ArrayList<>())
                        .add(s.interval().get(0) <= mean && mean <= s.interval().get(1) ? 1.0 : 0));
          }
        });
    return hits;
  }

  /** What the controls so far gave, a claim a line. */
  private List<String> table() {
    List<String> table = new ArrayList<>();
    scores.forEach((claim, z) -> table.add(row(claim, z)));
    long below = tails.stream().filter(p -> p < 0.05).count();
    table.add("p below .05: " + below + " of " + tails.size());
    table.add("on first screens: " + shown);
    table.add("unlike their kind: " + unlike);
    coverage()
        .forEach(
            (figure, hits) ->
                table.add(
                    String.format(
                        Locale.ROOT,
                        "| %s | %d | %.2f |",
                        figure,
                        hits.size(),
                        Samples.mean(hits))));
    return table;
  }

  private static String row(String claim, List<Double> z) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %.2f | %.2f | %.1f |",
        claim,
        z.size(),
        Samples.mean(z),
        z.size() > 1 ? Samples.deviation(z) : 0,
        z.stream().mapToDouble(Math::abs).max().orElse(0));
  }

  private void controls(int n) throws IOException {
    for (int i = 0; i < n; i++) {
      Path model = folder.resolve("m" + i);
      switch (i % 3) {
        case 0 -> RandomCheckpoint.write(Shape.T5_TINY, 1000 + i, model);
        case 1 -> RandomCheckpoint.write(Shape.LLAMA_TINY, 1000 + i, model);
        default -> bert(model, i);
      }
      note(survey(model, i), i % 3);
      if (i % DRAWS == DRAWS - 1) {
        // Whatever ends a long run leaves what it had.
        Files.createDirectories(Path.of("target"));
        Files.write(Path.of("target", "calibration.md"), table());
      }
    }
  }

  private void note(Results results, int family) {
    results
        .find("outliers.found")
        .ifPresent(f -> ((Table) f).rows().forEach(r -> unlike.add(r.toString())));
    for (String id : results.highlights()) {
      Scalar s = (Scalar) results.find(id).orElseThrow();
      shown.add(s.id() + " z " + s.z() + ": " + s.sentence());
    }
    for (Section section : results.sections()) {
      for (Finding f : section.findings()) {
        if (f instanceof Scalar s) {
          List<Double> i = s.interval();
          if (i != null && !(i.get(0) <= s.value() && s.value() <= i.get(1))) {
            astray.add(s.id() + " " + s.value() + " in " + i);
          }
          if (i != null) {
            bounded.computeIfAbsent(family + " " + s.id(), k -> new ArrayList<>()).add(s);
          }
          if (s.claim() != null && s.z() != null) {
            scores.computeIfAbsent(s.claim(), c -> new ArrayList<>()).add(s.z());
            tails.add(s.p());
          }
        }
      }
    }
  }

  private Results survey(Path model, int seed) throws IOException {
    List<String> all =
        Instruments.ALL.stream()
            .map(i -> i.card().id())
            .filter(id -> !OTHERS.contains(id))
            .toList();
    Survey.Request request =
        new Survey.Request(
            List.of(model),
            new Options(seed, Options.Figures.ALL),
            all,
            2,
            MEMORY,
            Optional.of(folder.resolve("run" + seed)),
            folder,
            false);
    try (Survey survey = Survey.open(request)) {
      return survey.run((what, piece, done, total, pieces, of) -> {});
    }
  }

  /** A small BERT of Gaussian weights; scales of norms are 1 and biases 0. */
  private static void bert(Path model, int seed) throws IOException {
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 400,
         "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
         "intermediate_size": 96, "max_position_embeddings": 64, "type_vocab_size": 2,
         "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0}
        """);
    Made made = new Made();
    String e = "embeddings.";
    gaussian(made, e + "word_embeddings", seed, 400, 48);
    gaussian(made, e + "position_embeddings", seed + 1, 64, 48);
    gaussian(made, e + "token_type_embeddings", seed + 2, 2, 48);
    norm(made, e + "LayerNorm", 48);
    for (int l = 0; l < 3; l++) {
      String layer = "encoder.layer." + l + ".";
      int key = 1000 * (l + 1) + seed;
      for (String part : List.of("self.query", "self.key", "self.value", "output.dense")) {
        key += 7919;
        dense(made, layer + "attention." + part, key, 48, 48);
      }
      norm(made, layer + "attention.output.LayerNorm", 48);
      dense(made, layer + "intermediate.dense", key + 17, 96, 48);
      dense(made, layer + "output.dense", key + 29, 48, 96);
      norm(made, layer + "output.LayerNorm", 48);
    }
    dense(made, "pooler.dense", seed + 5, 48, 48);
    made.write(model);
  }

  private static void dense(Made made, String name, int key, int rows, int columns) {
    gaussian(made, name, key, rows, columns);
    made.add(name + ".bias", DType.F32, new double[rows], rows);
  }

  private static void gaussian(Made made, String name, int key, int rows, int columns) {
    double[] values =
        Made.gaussian(rows * columns, 0.02, 31L * key + Integer.toUnsignedLong(name.hashCode()));
    made.add(name + ".weight", DType.F32, values, rows, columns);
  }

  private static void norm(Made made, String name, int width) {
    double[] ones = new double[width];
    Arrays.fill(ones, 1);
    made.add(name + ".weight", DType.F32, ones, width);
    made.add(name + ".bias", DType.F32, new double[width], width);
  }
}
