package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Note;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.weights.QkFigures.Draw;
import dev.orograph.instrument.weights.QkFigures.Head;
import dev.orograph.linalg.BilinearForm;
import dev.orograph.linalg.LayerForm;
import dev.orograph.linalg.Scope;
import dev.orograph.random.Generator;
import dev.orograph.stats.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("numeric")
class QkFormsTest {
  private static final WeightSettings ALL = new WeightSettings(true);
  private static final WeightSettings SEED = new WeightSettings(false);
  private static final int D = 24;
  private static final int WIDTH = 4;

  @TempDir Path folder;
  private final Made made = new Made();

  @BeforeEach
  void config() throws IOException {
    config(3, 3);
  }

  private void config(int heads, int keyHeads) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"model_type\": \"llama\", \"hidden_size\": "
            + D
            + ", \"num_hidden_layers\": 1, \"num_attention_heads\": "
            + heads
            + ", \"num_key_value_heads\": "
            + keyHeads
            + ", \"head_dim\": "
            + WIDTH
            + "}");
  }

  private void add(int layer, double[] q, double[] k) {
    add(layer, "q_proj", q, D);
    add(layer, "k_proj", k, D);
  }

  private void add(int layer, String what, double[] w, int inputs) {
    String name = "model.layers." + layer + ".self_attn." + what + ".weight";
    made.add(name, DType.F64, w, w.length / inputs, inputs);
  }

  private List<QkFigures> measure(WeightSettings settings) {
    made.write(folder);
    try (OneModel c = new OneModel(folder, "qk", folder.resolve("arrays"), OneModel.AMPLE)) {
      return c.measureAll(new QkForms(), settings);
    }
  }

  private Section conclude(WeightSettings settings) {
    return new QkForms().conclude(settings, measure(settings));
  }

  /** One head symmetric, one antisymmetric, one neither. */
  @Test
  void plantedHeadsAreFound() {
    double[] q = Made.gaussian(3 * WIDTH * D, 1, 1);
    double[] k = Made.gaussian(3 * WIDTH * D, 1, 2);
    System.arraycopy(q, 0, k, 0, WIDTH * D);
    for (int i = 0; i < WIDTH; i += 2) {
      for (int c = 0; c < D; c++) {
        k[(WIDTH + i) * D + c] = q[(WIDTH + i + 1) * D + c];
        k[(WIDTH + i + 1) * D + c] = -q[(WIDTH + i) * D + c];
      }
    }
    add(0, q, k);
    QkFigures r = measure(ALL).get(0);
    Head symmetric = r.heads().get(0);
    assertThat(symmetric.score()).isCloseTo(1, within(1e-12));
    assertThat(symmetric.deviation()).isCloseTo(0, within(1e-6));
    assertThat(symmetric.positiveEnergy()).isCloseTo(1, within(1e-12));
    assertThat(symmetric.signedBalance()).isCloseTo(1, within(1e-6));
    Head antisymmetric = r.heads().get(1);
    assertThat(antisymmetric.score()).isCloseTo(-1, within(1e-12));
    assertThat(antisymmetric.deviation()).isCloseTo(2, within(1e-12));
    Head neither = r.heads().get(2);
    assertThat(Math.abs(QkColumns.z(r, neither))).isLessThan(4);
    assertThat(QkColumns.z(r, symmetric)).isGreaterThan(10);
    assertThat(QkColumns.z(r, antisymmetric)).isLessThan(-10);
    Section section = new QkForms().conclude(ALL, List.of(r));
    assertThat(section.summary())
        .contains("1 of 3 heads of self-attention compare more symmetrically")
        .contains(", 1 more antisymmetrically");
  }

  /** Of six query heads and two key heads, 0, 1, 2 use key head 0 and 3, 4, 5 key head 1. */
  @Test
  void groupedQueriesUseTheirKeyHead() throws IOException {
    config(6, 2);
    double[] q = Made.gaussian(6 * WIDTH * D, 1, 3);
    double[] k = Made.gaussian(2 * WIDTH * D, 1, 4);
    add(0, q, k);
    QkFigures r = measure(ALL).get(0);
    assertThat(r.heads()).extracting(Head::keyHead).containsExactly(0, 0, 0, 1, 1, 1);
    int block = WIDTH * D;
    double[] repeated = new double[q.length];
    for (int h = 0; h < 6; h++) {
      int from = h < 3 ? 0 : block;
      System.arraycopy(k, from, repeated, h * block, block);
      try (Scope scope = new Scope()) {
        BilinearForm form =
            BilinearForm.of(
                Arrays.copyOfRange(q, h * block, (h + 1) * block),
                Arrays.copyOfRange(k, from, from + block),
                D,
                scope);
        assertThat(r.heads().get(h).score()).isEqualTo(form.score());
        assertThat(r.heads().get(h).s1()).isEqualTo(form.spectralNorm());
      }
    }
    // The seed's product with the key heads written out six times is the same.
    config(6, 6);
    Made again = new Made();
    again.add("model.layers.0.self_attn.q_proj.weight", DType.F64, q, 6 * WIDTH, D);
    again.add("model.layers.0.self_attn.k_proj.weight", DType.F64, repeated, 6 * WIDTH, D);
    again.write(folder);
    try (OneModel c = new OneModel(folder, "qk", folder.resolve("b"), OneModel.AMPLE)) {
      QkFigures.Whole whole = c.measureAll(new QkForms(), SEED).get(0).whole();
      assertThat(r.whole().stableRank()).isEqualTo(whole.stableRank());
      assertThat(r.whole().participationRatio()).isEqualTo(whole.participationRatio());
      assertThat(r.whole().asymmetry()).isEqualTo(whole.asymmetry());
      assertThat(r.whole().top()).isEqualTo(whole.top());
    }
  }

  /** The sum of all heads' forms, written out; of six query heads three use each key head. */
  @Test
  void theWholeLayerIsTheSumOfItsHeads() throws IOException {
    config(6, 2);
    double[] q = Made.gaussian(6 * WIDTH * D, 1, 13);
    double[] k = Made.gaussian(2 * WIDTH * D, 1, 14);
    for (int i = 0; i < k.length; i++) {
      k[i] += 0.5 * q[i] + 0.1;
    }
    add(0, q, k);
    QkFigures r = measure(ALL).get(0);
    double[][] m = new double[D][D];
    for (int h = 0; h < 6; h++) {
      for (int w = 0; w < WIDTH; w++) {
        for (int i = 0; i < D; i++) {
          for (int j = 0; j < D; j++) {
            m[i][j] += q[(h * WIDTH + w) * D + i] * k[(h / 3 * WIDTH + w) * D + j];
          }
        }
      }
    }
    assertThat(r.layer().score()).isCloseTo(score(m), within(1e-12));
    assertThat(r.layer().draws()).hasSize(10);
    // The exact mean over all orders against that of many.
    double mean = 0;
    Generator orders = Generator.of(5);
    int many = 20_000;
    for (int i = 0; i < many; i++) {
      int[] order = orders.permutation(D);
      double[][] moved = new double[D][D];
      for (int a = 0; a < D; a++) {
        for (int b = 0; b < D; b++) {
          moved[a][b] = m[a][order[b]];
        }
      }
      double score = score(moved);
      mean += score / many;
      if (i == 0) {
        try (Scope scope = new Scope()) {
          LayerForm form = LayerForm.of(h -> part(q, h), h -> part(k, h / 3), 6, D, scope);
          assertThat(form.score(order)).isCloseTo(score, within(1e-12));
        }
      }
    }
    double deviation = Samples.deviation(r.layer().draws());
    assertThat(r.layer().expectedScore()).isCloseTo(mean, within(6 * deviation / Math.sqrt(many)));
    Section section = new QkForms().conclude(ALL, List.of(r));
    assertThat(section.findings()).anyMatch(f -> f.id().equals("qk.decoder_self_attn.layer_score"));
  }

  private static double[] part(double[] w, int head) {
    return Arrays.copyOfRange(w, head * WIDTH * D, (head + 1) * WIDTH * D);
  }

  private static double score(double[][] m) {
    double both = 0;
    double square = 0;
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        both += m[i][j] * m[j][i];
        square += m[i][j] * m[i][j];
      }
    }
    return both / square;
  }

  @Test
  void theNullOfRandomHeads() {
    for (int layer = 0; layer < 30; layer++) {
      add(
          layer,
          Made.gaussian(3 * WIDTH * D, 1, 100 + layer),
          Made.gaussian(3 * WIDTH * D, 1, 200 + layer));
    }
    List<QkFigures> results = measure(ALL);
    List<Double> off =
        results.stream()
            .flatMap(
                r ->
                    r.draws().stream()
                        .map(d -> d.score() - r.heads().get(d.head()).expectedScore()))
            .toList();
    assertThat(off).hasSize(900);
    double deviation = Math.sqrt(2) / D;
    // Five standard errors; the ten draws of a head share their orders with the other heads.
    assertThat(Samples.mean(off)).isCloseTo(0, within(5 * deviation / Math.sqrt(300)));
    assertThat(Samples.deviation(off)).isCloseTo(deviation, within(0.15 * deviation));
    List<Double> z =
        results.stream().flatMap(r -> r.heads().stream().map(h -> QkColumns.z(r, h))).toList();
    assertThat(Samples.deviation(z)).isBetween(0.7, 1.4);
    List<Double> energy =
        results.stream()
            .flatMap(r -> r.draws().stream().map(Draw::positiveEnergy))
            .filter(e -> e != null)
            .toList();
    assertThat(energy).as("four orders of 90 heads").hasSize(360);
    assertThat(Samples.mean(energy)).isBetween(0.4, 0.6);
  }

  /** The probes exist once per place, for the first layer, and count what they say they count. */
  @Test
  void theProbesOfTheSeedsShare() {
    for (int layer = 0; layer < 3; layer++) {
      double[] q = Made.gaussian(3 * WIDTH * D, 1, 5 + layer);
      add(layer, q, q.clone());
    }
    List<QkFigures> results = measure(ALL);
    assertThat(results.get(0).whole().positive()).isEqualTo(12);
    assertThat(results.get(0).whole().rescaled()).isLessThan(12);
    assertThat(results.get(0).whole().permuted()).isBetween(3, 9);
    assertThat(results.get(1).whole().rescaled()).isNull();
    assertThat(results.get(1).whole().permuted()).isNull();
    Section section = new QkForms().conclude(ALL, results);
    assertThat(section.findings())
        .filteredOn(f -> f.id().equals("qk.lock"))
        .singleElement()
        .isInstanceOfSatisfying(
            Note.class,
            n ->
                assertThat(n.text())
                    .contains("it is 1.000, with the inputs of W_k permuted 0.")
                    .contains("Sylvester"));
  }

  @Test
  void theSeedsColumnAlone() {
    add(0, Made.gaussian(3 * WIDTH * D, 1, 8), Made.gaussian(3 * WIDTH * D, 1, 9));
    List<QkFigures> results = measure(SEED);
    assertThat(results.get(0).heads()).isEmpty();
    assertThat(results.get(0).draws()).isEmpty();
    assertThat(results.get(0).whole().permuted()).isNull();
    Section section = new QkForms().conclude(SEED, results);
    assertThat(section.findings()).noneMatch(f -> f.id().equals("qk.heads"));
    Table layers =
        (Table)
            section.findings().stream()
                .filter(f -> f.id().equals("qk.layers"))
                .findFirst()
                .orElseThrow();
    assertThat(layers.rows()).hasSize(1);
    assertThat(layers.rows().get(0).get(layers.columns().indexOf("score"))).isNull();
    assertThat(layers.rows().get(0).get(layers.columns().indexOf("seed_positive"))).isNotNull();
  }

  @Test
  void nanIsCountedAndZeroHasNoFigures() {
    double[] broken = Made.gaussian(3 * WIDTH * D, 1, 10);
    broken[7] = Double.NaN;
    broken[9] = Double.NEGATIVE_INFINITY;
    add(0, broken, Made.gaussian(3 * WIDTH * D, 1, 11));
    add(1, new double[3 * WIDTH * D], Made.gaussian(3 * WIDTH * D, 1, 12));
    List<QkFigures> results = measure(ALL);
    assertThat(results.get(0).nonFinite()).isEqualTo(2);
    assertThat(results.get(0).whole()).isNull();
    assertThat(results.get(1).heads()).allMatch(h -> h.score() == null && h.s1() == null);
    assertThat(results.get(1).draws()).isEmpty();
    assertThat(results.get(1).whole().positive()).isZero();
    Section section = new QkForms().conclude(ALL, results);
    assertThat(section.findings()).anyMatch(f -> f.id().equals("qk.non_finite"));
    assertThat(section.summary())
        .isEqualTo("No head of self-attention could be set against chance.");
  }

  @Test
  void headsThatDoNotDivideAreRefused() throws IOException {
    config(5, 5);
    add(0, Made.gaussian(3 * WIDTH * D, 1, 13), Made.gaussian(3 * WIDTH * D, 1, 14));
    assertThatThrownBy(() -> measure(ALL))
        .isInstanceOfSatisfying(
            InputException.class,
            e -> {
              assertThat(e.place()).contains("model.layers.0.self_attn.q_proj.weight");
              assertThat(e.expected()).contains("multiple of 5 heads");
              assertThat(e.found()).contains("12");
            });
  }

  @Test
  void headsOfDifferentWidthAreRefused() {
    add(0, Made.gaussian(3 * WIDTH * D, 1, 15), Made.gaussian(6 * WIDTH * D, 1, 16));
    assertThatThrownBy(() -> measure(ALL))
        .isInstanceOfSatisfying(
            InputException.class, e -> assertThat(e.found()).contains("4 against 8"));
  }

  @Test
  void whatCannotBeMeasuredIsSaid() throws IOException {
    add(0, "q_proj", Made.gaussian(3 * WIDTH * D, 1, 17), D);
    add(0, "k_proj", Made.gaussian(3 * WIDTH * 20, 1, 18), 20);
    Section section = conclude(ALL);
    assertThat(section.findings())
        .filteredOn(f -> f.id().equals("qk.obstacle"))
        .singleElement()
        .isInstanceOfSatisfying(
            Note.class, n -> assertThat(n.text()).contains("inputs of different widths"));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    Made unknown = new Made();
    unknown.add("layers.0.self_attn.q_proj.weight", DType.F64, Made.gaussian(96, 1, 1), 8, 12);
    unknown.add("layers.0.self_attn.k_proj.weight", DType.F64, Made.gaussian(96, 1, 2), 8, 12);
    unknown.write(folder);
    try (OneModel c = new OneModel(folder, "qk", folder.resolve("c"), OneModel.AMPLE)) {
      QkForms qk = new QkForms();
      List<QkFigures> results = c.measureAll(qk, ALL);
      assertThat(results.get(0).heads()).isEmpty();
      assertThat(results.get(0).whole().positive() + results.get(0).whole().negative())
          .isEqualTo(8);
      assertThat(qk.conclude(ALL, results).findings())
          .anyMatch(f -> f.id().equals("qk.heads_unknown"));
    }
  }

  /** Without memory for the whole product the heads are measured all the same. */
  @Test
  void littleMemoryLeavesTheSeedOut() {
    add(0, Made.gaussian(3 * WIDTH * D, 1, 19), Made.gaussian(3 * WIDTH * D, 1, 20));
    made.write(folder);
    try (OneModel c = new OneModel(folder, "qk", folder.resolve("d"), 1 << 20)) {
      QkForms qk = new QkForms();
      List<QkFigures> results = c.measureAll(qk, ALL);
      assertThat(results.get(0).whole()).isNull();
      assertThat(results.get(0).heads()).hasSize(3);
      assertThat(qk.conclude(ALL, results).findings()).anyMatch(f -> f.id().equals("qk.no_whole"));
    }
  }

  /** Powers of two change nothing but what is measured in them, which may leave float64. */
  @Test
  void extremeWeightsHaveTheSameFigures() {
    double[] q = Made.gaussian(3 * WIDTH * D, 1, 21);
    double[] k = Made.gaussian(3 * WIDTH * D, 1, 22);
    int[] powers = {0, 150, 700, 1000, -150, -700, -1000};
    for (int layer = 0; layer < powers.length; layer++) {
      int power = powers[layer];
      add(
          layer,
          Arrays.stream(q).map(v -> Math.scalb(v, power)).toArray(),
          Arrays.stream(k).map(v -> Math.scalb(v, power)).toArray());
    }
    List<QkFigures> results = measure(ALL);
    QkFigures plain = results.get(0);
    for (QkFigures r : results.subList(1, results.size())) {
      int power = 2 * powers[r.task().place().layer()];
      for (Head h : r.heads()) {
        Head own = plain.heads().get(h.head());
        assertThat(h.score()).isCloseTo(own.score(), within(1e-13));
        assertThat(h.positiveEnergy()).isCloseTo(own.positiveEnergy(), within(1e-13));
        assertThat(h.stableRank()).isCloseTo(own.stableRank(), within(1e-12));
        assertThat(Math.scalb(h.s1(), -power)).isEqualTo(scaledBack(own.s1(), power));
      }
      assertThat(r.whole().stableRank()).isCloseTo(plain.whole().stableRank(), within(1e-12));
      assertThat(r.whole().asymmetry()).isCloseTo(plain.whole().asymmetry(), within(1e-13));
      assertThat(r.whole().positive()).isEqualTo(plain.whole().positive());
    }
    // Infinite products of 1e301 are no number of a table, and no fault either.
    Section section = new QkForms().conclude(ALL, results);
    Table heads =
        (Table)
            section.findings().stream()
                .filter(f -> f.id().equals("qk.heads"))
                .findFirst()
                .orElseThrow();
    assertThat(heads.rows().get(3 * 3).get(heads.columns().indexOf("s1"))).isNull();
    assertThat(heads.rows().get(3 * 3).get(heads.columns().indexOf("score"))).isNotNull();
  }

  /** What is left of a product after it was held in float64 at that power of two. */
  private static double scaledBack(double product, int power) {
    return Math.scalb(Math.scalb(product, power), -power);
  }
}
