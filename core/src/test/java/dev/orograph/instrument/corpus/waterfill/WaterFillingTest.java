package dev.orograph.instrument.corpus.waterfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Fact;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Filling;
import dev.orograph.instrument.corpus.waterfill.WaterFigures.Point;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Points come from the model as it computes, go where the methods say, and none is lost. */
@Tag("numeric")
class WaterFillingTest {
  private static final WaterFilling WATER = new WaterFilling();

  @TempDir private Path folder;

  private static Options with(Options options, String... words) {
    Options all = options;
    for (int i = 0; i < words.length; i += 2) {
      all = all.with("waterfill", words[i], words[i + 1]);
    }
    return all;
  }

  private WaterFigures measure(Path model, String... words) {
    try (OneModel one = new OneModel(model, "waterfill", folder.resolve("out"), 1L << 30)) {
      WaterSettings s = WATER.settings(with(Options.usual(), words));
      assertThat(Plan.of(WATER, one, s).whyNot()).isNull();
      WaterFigures f = one.measureAll(WATER, s).get(0);
      Section section = WATER.conclude(s, List.of(f));
      assertThat(section.findings()).extracting(Finding::id).doesNotHaveDuplicates();
      return f;
    }
  }

  private Path rows(double[] values, int n, int d) throws IOException {
    Path made = Files.createDirectories(folder.resolve("rows"));
    return new Made().add("h", DType.F32, values, n, d).write(made);
  }

  private double[] array(String name) {
    Path file = OneModel.left(folder.resolve("out"), "waterfill.safetensors");
    try (Checkpoint c = Checkpoint.open(file);
        TensorData data = c.map(c.tensor(name).orElseThrow())) {
      double[] values = new double[(int) data.info().count()];
      data.read(0, values, 0, values.length);
      return values;
    }
  }

  private static Filling filling(WaterFigures f, String of) {
    return f.fillings().stream().filter(x -> x.of().equals(of)).findFirst().orElseThrow();
  }

  @Test
  void statesSurprisalsAndEntropiesAreThoseOfThePass() throws IOException {
    Path model = folder.resolve("llama");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, model);
    int[] ids = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
    Path file =
        Files.writeString(
            folder.resolve("ids.json"), "{\"input_ids\": [" + Arrays.toString(ids) + "]}");
    WaterFigures f = measure(model, "ids", file.toString(), "shells", "8");
    assertThat(f.points()).hasSize(ids.length);
    double[] coordinates = array("coordinates");
    double[] angles = array("angles");
    int d = coordinates.length / ids.length;
    try (Model m = Model.open(model);
        Transformer t = Transformer.load(m);
        States states =
            t.forward(Inputs.ids(ids), Set.of("block_2.out", "logits", "final_norm.out"))) {
      assertThat(f.reading().state()).isEqualTo("block_2.out");
      for (int i = 0; i < ids.length; i++) {
        Point p = f.points().get(i);
        double[] v = states.get("block_2.out").vector(0, i);
        double norm = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
        assertThat(p.norm()).isCloseTo(norm, within(1e-5 * norm));
        double[] z = states.get("logits").vector(0, i);
        double log = Math.log(Arrays.stream(z).map(Math::exp).sum());
        double entropy = Arrays.stream(z).map(s -> Math.exp(s - log) * (log - s)).sum();
        assertThat(p.entropy()).isCloseTo(entropy, within(1e-6));
        if (i + 1 < ids.length) {
          assertThat(f.points().get(i + 1).surprisal())
              .isCloseTo(log - z[ids[i + 1]], within(1e-6));
        }
        double dot = 0;
        double length = 0;
        for (int k = 0; k < d; k++) {
          dot += coordinates[i * d + k] * v[k] / norm;
          length += Math.pow(coordinates[i * d + k], 2);
        }
        assertThat(Math.sqrt(length)).isCloseTo(p.radius(), within(1e-6));
        assertThat(dot).isCloseTo(p.radius() * Math.cos(angles[i]), within(1e-5));
      }
      assertThat(f.points().get(0).surprisal()).isNull();
      assertThat(f.signals()).hasSize(3);
    }
  }

  @Test
  void aPatchIsTheStateOfItsLastPosition() throws IOException {
    Path model = folder.resolve("llama");
    RandomCheckpoint.write(RandomCheckpoint.Shape.LLAMA_TINY, 3, model);
    int[] ids = IntStream.range(0, 40).map(i -> 1 + i * 7 % 30).toArray();
    Path file =
        Files.writeString(
            folder.resolve("ids.json"), "{\"input_ids\": [" + Arrays.toString(ids) + "]}");
    List<Point> tokens = measure(model, "ids", file.toString()).points();
    WaterFigures f = measure(model, "ids", file.toString(), "points", "patches");
    assertThat(f.reading().what()).isEqualTo("patch");
    double above = f.reading().threshold();
    assertThat(tokens.subList(0, 39).stream().filter(p -> p.entropy() > above).count())
        .as("a tenth of 39 predictions are above their 90th percentile")
        .isEqualTo(4);
    assertThat(f.points()).hasSize(5);
    for (Point p : f.points()) {
      Point token = tokens.get((int) p.at());
      assertThat(p.norm()).isEqualTo(token.norm());
      assertThat(p.entropy()).isEqualTo(token.entropy());
      assertThat(p.at() == 39 || token.entropy() > above).isTrue();
    }
    double all = tokens.stream().skip(1).mapToDouble(Point::surprisal).sum();
    double patched =
        f.points().stream().skip(1).mapToDouble(Point::surprisal).sum()
            + tokens.stream()
                .limit(f.points().get(0).at() + 1)
                .skip(1)
                .mapToDouble(Point::surprisal)
                .sum();
    assertThat(patched).isCloseTo(all, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(strings = {"osmotic", "thermal", "exact"})
  void everyMethodPlacesEveryPoint(String method) throws IOException {
    Path made = rows(Made.gaussian(300 * 6, 1, 4), 300, 6);
    WaterFigures f = measure(made, "tensor", "*", "method", method, "shells", "16");
    assertThat(Arrays.stream(array("shells"))).hasSize(300).allMatch(s -> s >= 0 && s < 16);
    for (int m = 0; m < f.fillings().size(); m++) {
      int at = m;
      assertThat(f.shells().stream().mapToInt(s -> s.members().get(at)).sum()).isEqualTo(300);
      Filling g = f.fillings().get(m);
      assertThat(g.inner() + g.middle() + g.outer()).isCloseTo(1, within(1e-12));
    }
    assertThat(filling(f, "exact").displaced()).isZero();
    assertThat(filling(f, "exact").off()).isLessThan(16 / 300.0);
    assertThat(f.kept()).hasSize(2);
    assertThat(f.mixing()).hasSize(3);
    assertThat(f.mixing().get(0).rHat()).isLessThan(1.1);
    assertThat(f.facts()).isEmpty();
  }

  @Test
  void brokenVectorsAreLeftOutAndZerosStayAtTheOrigin() throws IOException {
    double[] values = Made.gaussian(50 * 4, 1, 4);
    values[4 * 7] = Double.NaN;
    values[4 * 9 + 2] = Double.POSITIVE_INFINITY;
    Arrays.fill(values, 4 * 20, 4 * 22, 0);
    System.arraycopy(values, 0, values, 4, 4);
    WaterFigures f = measure(rows(values, 50, 4), "tensor", "h", "shells", "8");
    assertThat(f.reading().points()).isEqualTo(48);
    assertThat(f.reading().broken()).isEqualTo(2);
    assertThat(f.reading().zeros()).isEqualTo(2);
    assertThat(f.reading().copies()).isEqualTo(2);
    assertThat(array("points")).hasSize(48).doesNotContain(7, 9).contains(8, 20);
    int zero =
        IntStream.range(0, 48).filter(i -> array("points")[i] == 20).findFirst().orElseThrow();
    assertThat(Arrays.copyOfRange(array("coordinates"), 4 * zero, 4 * zero + 4)).containsOnly(0);
    assertThat(Arrays.stream(array("coordinates"))).allMatch(Double::isFinite);
  }

  @Test
  void fewPointsOneShellAndEqualLengths() throws IOException {
    WaterFigures one = measure(rows(new double[] {3, 4}, 1, 2), "tensor", "*");
    assertThat(one.reading().points()).isEqualTo(1);
    assertThat(one.points().get(0).norm()).isEqualTo(5);
    WaterFigures few = measure(rows(Made.gaussian(20, 1, 1), 5, 4), "tensor", "*");
    assertThat(few.shells()).hasSize(128);
    assertThat(array("shells")).hasSize(5);
    WaterFigures single =
        measure(rows(Made.gaussian(400, 1, 1), 100, 4), "tensor", "*", "shells", "1");
    assertThat(array("radii")).containsOnly(1);
    assertThat(filling(single, "osmotic").settled()).isTrue();
    double[] equal = new double[40 * 2];
    for (int i = 0; i < 40; i++) {
      equal[2 * i + i % 2] = 2;
    }
    WaterFigures same = measure(rows(equal, 40, 2), "tensor", "*", "shells", "8");
    assertThat(same.signals().get(0).deviation()).isZero();
    assertThat(same.signals().get(0).outliers()).isZero();
    assertThat(filling(same, "osmotic").spearman()).isNull();
    WaterFigures none = measure(rows(new double[] {Double.NaN, 1}, 1, 2), "tensor", "*");
    assertThat(none.fault()).contains("none of the 1 rows");
  }

  @Test
  void aMatrixThatIsNotThereIsRefusedByName() throws IOException {
    Path made = Files.createDirectories(folder.resolve("two"));
    new Made()
        .add("a", DType.F32, new double[4], 2, 2)
        .add("b", DType.F32, new double[4], 2, 2)
        .write(made);
    assertThatThrownBy(() -> measure(made, "tensor", "*"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("it holds 2")
        .hasMessageContaining("a, b");
    assertThatThrownBy(() -> measure(made, "tensor", "c")).hasMessageContaining("'c'");
  }

  @Test
  void optionsThatMeanNothingAreRefused() {
    for (String[] wrong :
        new String[][] {
          {"temperature", "-1"}, {"temperature", "0"}, {"temperature", "NaN"}, {"shells", "0"},
          {"shells", "5000"}, {"method", "magic"}, {"threshold", "-1"}, {"points", "words"}
        }) {
      assertThatThrownBy(() -> WATER.settings(with(Options.usual(), wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--" + wrong[0]);
    }
  }

  @Test
  void whatIsPlantedIsFoundAndChanceIsNot() {
    int n = 400;
    Generator g = Generator.of(2);
    double[] surprisal = new double[n];
    double[] entropy = new double[n];
    double[] norm = new double[n];
    int[] kinds = new int[n];
    double slow = 0;
    for (int i = 0; i < n; i++) {
      surprisal[i] = g.random();
      // Along the text it wanders, as states do: chance must know that.
      slow = 0.95 * slow + g.standardNormal();
      entropy[i] = slow;
      kinds[i] = (int) g.integers(0, 60);
      norm[i] = surprisal[i] + 0.5 * g.random();
    }
    Cloud.About about = new Cloud.About(new int[n], i -> "", surprisal, entropy, null, kinds);
    Map<String, Fact> facts =
        new Facts(about, Generator.of(3))
            .measure(Map.of("norm", norm)).stream().collect(Collectors.toMap(Fact::with, f -> f));
    assertThat(facts.keySet())
        .containsExactlyInAnyOrder("surprisal", "entropy before", "frequency");
    assertThat(facts.get("surprisal").p()).isEqualTo(0.005);
    assertThat(facts.get("surprisal").spearman().z()).isGreaterThan(4);
    assertThat(facts.get("entropy before").p()).isGreaterThan(0.01);
    assertThat(facts.get("frequency").p()).isGreaterThan(0.01);
  }

  /** Two series that wander by themselves: shifts know it, permuted points would not. */
  @Test
  void chanceKnowsThatNeighboursDependOnEachOther() {
    int n = 300;
    int runs = 60;
    int seen = 0;
    for (int run = 0; run < runs; run++) {
      Generator g = Generator.of(100 + run);
      double[] a = new double[n];
      double[] b = new double[n];
      double x = 0;
      double y = 0;
      for (int i = 0; i < n; i++) {
        x = 0.9 * x + g.standardNormal();
        y = 0.9 * y + g.standardNormal();
        a[i] = x;
        b[i] = y;
      }
      Cloud.About about = new Cloud.About(new int[n], i -> "", b, null, null, new int[n]);
      Fact f = new Facts(about, g).measure(Map.of("norm", a)).get(0);
      seen += f.p() <= 0.05 ? 1 : 0;
    }
    // Binomial of 60 with .05: above 9 in one case in a thousand.
    assertThat(seen).isLessThanOrEqualTo(9);
  }
}
