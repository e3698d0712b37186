package dev.orograph.instrument.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.weights.SpectrumFigures.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real checkpoints against figures made by other programs: {@code mt3_weight_battery.json} with
 * torch 1.13 (the seed's figures), {@code sound.json} with NumPy in float64 (the sound ones),
 * {@code samples.json} with NumPy (both, of checkpoints that come along).
 */
@Tag("numeric")
class ReferenceValuesTest {
  /** What a reproduced figure of the seed may be off by, METHODS.md. */
  private static final double SEED = 1e-5;

  /** The seed's smallest singular values come from a float32 decomposition. */
  private static final double SEED_SMALLEST = 1e-4;

  /** Float64 on both sides. */
  private static final double SOUND = 1e-9;

  /** The seed's names of the components that are called otherwise here. */
  private static final Map<String, String> SEED_NAMES =
      Map.of(
          "norm", "layernorm",
          "mlp_gate", "mlp_wi_0",
          "mlp_up", "mlp_wi_1",
          "mlp_down", "mlp_wo",
          "projection", "other",
          "head", "other");

  @TempDir Path folder;

  /** The seeds' figures of a T5. */
  private static JsonNode battery(String model) throws IOException {
    return model.equals("mt3-t5")
        ? RealCheckpoints.reference("mt3_weight_battery.json")
        : RealCheckpoints.reference("samples.json").get(model);
  }

  @ParameterizedTest
  @CsvSource({"mt3-t5, 144", "sample:t5, 64"})
  void theSeedsSpectra(String model, int matrices) throws IOException {
    JsonNode expected = battery(model).get("svd");
    List<SpectrumFigures> results =
        spectra(model, OneModel.AMPLE, new WeightSettings(false), Set.of());
    assertThat(results).hasSize(matrices).hasSize(expected.size());
    for (SpectrumFigures r : results) {
      String name = r.task().label();
      JsonNode e = expected.get(name);
      assertThat(e).as(name).isNotNull();
      Figures f = r.own();
      assertClose(name + " stable_rank", f.stableRank(), e.get("stable_rank"), SEED);
      assertClose(name + " pr", f.participationRatio(), e.get("pr"), SEED);
      assertClose(name + " max", f.largest(), e.get("max"), SEED);
      assertClose(name + " min", f.smallest(), e.get("min"), SEED_SMALLEST);
      assertClose(name + " condition", f.condition(), e.get("condition"), SEED_SMALLEST);
      assertClose(name + " active", f.activeShare(), e.get("active"), 0);
      assertThat(f.rank90()).as(name).isEqualTo(e.get("rank90").intValue());
      assertThat(r.shuffled()).isEmpty();
    }
  }

  /** Counts of entries of all weights are the same to the last one. */
  @ParameterizedTest
  @CsvSource({"mt3-t5, 45896704", "sample:t5, 2606080"})
  void theSeedsSparsity(String model, long weights) throws IOException {
    JsonNode expected = battery(model).get("sparsity");
    Map<String, long[]> below = new HashMap<>();
    Map<String, Long> counts = new HashMap<>();
    Sparsity sparsity = new Sparsity();
    try (OneModel c = open(model, "sparsity", OneModel.AMPLE)) {
      for (EntryFigures f : c.measureAll(sparsity, new WeightSettings(false))) {
        String group =
            SEED_NAMES.getOrDefault(f.task().place().component(), f.task().place().component());
        group = expected.has(group) ? group : group.replace("mlp_wi_1", "mlp_wi");
        counts.merge(group, f.count(), Long::sum);
        long[] sums = below.computeIfAbsent(group, k -> new long[5]);
        for (int t = 0; t < 5; t++) {
          sums[t] += f.below().get(t);
        }
        assertThat(f.nonFinite()).isZero();
      }
    }
    Set<String> groups = new HashSet<>();
    expected.fieldNames().forEachRemaining(groups::add);
    assertThat(below.keySet()).isEqualTo(groups);
    assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(weights);
    String[] thresholds = {"1e-06", "0.0001", "0.001", "0.01", "0.1"};
    for (String group : groups) {
      for (int t = 0; t < 5; t++) {
        double share = expected.get(group).get(thresholds[t]).doubleValue();
        assertThat((double) below.get(group)[t] / counts.get(group))
            .as(group + " below " + thresholds[t])
            .isEqualTo(share);
      }
    }
  }

  /** Float32 dot products of 200,000 numbers are themselves off by some 1e-7. */
  @ParameterizedTest
  @CsvSource({"mt3-t5, 8", "sample:t5, 10"})
  void theSeedsCosinesBetweenLayers(String model, int components) throws IOException {
    JsonNode expected = battery(model).get("cross");
    int compared = 0;
    CrossLayer cross = new CrossLayer();
    try (OneModel c = open(model, "cross_layer", OneModel.AMPLE)) {
      for (CrossLayerFigures f : c.measureAll(cross, new WeightSettings(false))) {
        String component = f.task().place().component();
        component = component.replace("mlp_down", "mlp_wo").replace("mlp_up", "mlp_wi");
        JsonNode adjacent = expected.get(f.task().place().stack() + "/" + component);
        if (adjacent != null) {
          compared++;
          List<Double> actual =
              f.pairs().stream()
                  .filter(CrossLayerFigures.Pair::adjacent)
                  .map(CrossLayerFigures.Pair::seed)
                  .toList();
          assertThat(actual).hasSize(adjacent.size());
          for (int i = 0; i < actual.size(); i++) {
            double e = adjacent.get(i).doubleValue();
            assertThat(actual.get(i))
                .as(f.place() + " " + i)
                .isCloseTo(e, within(Math.max(SEED * Math.abs(e), 1e-7)));
          }
        }
      }
    }
    assertThat(compared).isEqualTo(expected.size()).isEqualTo(components);
  }

  @ParameterizedTest
  @CsvSource({"mt3-t5, 16", "sample:t5, 8", "sample:bytes, 3"})
  void theNeurons(String model, int blocks) throws IOException {
    JsonNode expected =
        model.equals("mt3-t5")
            ? RealCheckpoints.reference("sound.json")
                .get("mt3-t5 gated neurons (norm gate x norm up x norm down)")
            : RealCheckpoints.reference("samples.json").get(model).get("neurons");
    Map<String, JsonNode> layers = new HashMap<>();
    expected.forEach(
        e -> layers.put(e.get("stack").textValue() + " " + e.get("layer").intValue(), e));
    Neurons neurons = new Neurons();
    try (OneModel c = open(model, "neurons", OneModel.AMPLE)) {
      List<NeuronFigures> results = c.measureAll(neurons, new WeightSettings(true));
      assertThat(results).hasSize(blocks).hasSize(layers.size());
      for (NeuronFigures f : results) {
        String layer = f.task().label();
        JsonNode e = layers.get(layer);
        assertThat(f.task().detail().neurons()).isEqualTo(e.get("d_ff").intValue());
        assertThat(f.own().dead()).as(layer).isEqualTo(e.get("dead").intValue());
        assertThat(f.own().weak()).as(layer).isEqualTo(e.get("weak").intValue());
        assertClose(layer + " min", f.own().least(), e.get("min_over_mean"), SOUND);
        assertClose(layer + " max", f.own().most(), e.get("max_over_mean"), SOUND);
      }
    }
  }

  @Test
  void theSoundFiguresOfTinystories() throws IOException {
    JsonNode expected = RealCheckpoints.reference("sound.json").get("spectrum");
    Set<String> names = new HashSet<>();
    expected
        .fieldNames()
        .forEachRemaining(
            n -> {
              if (!n.startsWith("mt3-t5/")) {
                names.add(n);
              }
            });
    assertThat(names).hasSize(15);
    assertSound("tinystories-656k-llama", "", names, expected);
  }

  @Test
  void theSoundFiguresOfMt3() throws IOException {
    JsonNode expected = RealCheckpoints.reference("sound.json").get("spectrum");
    Set<String> names = new HashSet<>();
    expected
        .fieldNames()
        .forEachRemaining(
            n -> {
              if (n.startsWith("mt3-t5/")) {
                names.add(n.substring("mt3-t5/".length()));
              }
            });
    assertThat(names).hasSize(3);
    assertSound("mt3-t5", "mt3-t5/", names, expected);
  }

  @Test
  void theSoundFiguresOfASample() throws IOException {
    JsonNode expected = battery("sample:t5").get("spectrum");
    Set<String> names = new HashSet<>();
    expected.fieldNames().forEachRemaining(names::add);
    assertThat(names).hasSize(4);
    assertSound("sample:t5", "", names, expected);
  }

  private void assertSound(String model, String prefix, Set<String> names, JsonNode all)
      throws IOException {
    // Without memory for shuffled copies: the null is tested elsewhere.
    List<SpectrumFigures> spectra = spectra(model, 0, new WeightSettings(true), names);
    assertThat(spectra).extracting(r -> r.task().label()).containsAll(names);
    for (SpectrumFigures r : spectra) {
      String name = r.task().label();
      JsonNode e = all.get(prefix + name);
      Figures f = r.own();
      assertClose(name + " effective_rank", f.effectiveRank(), e.get("effective_rank"), SOUND);
      assertClose(
          name + " log10_spectral_norm",
          Math.log10(f.largest()),
          e.get("log10_spectral_norm"),
          SOUND);
      assertClose(name + " s1", f.largest(), e.get("s1"), SOUND);
      assertClose(name + " s_min", f.smallest(), e.get("s_min"), SOUND);
      assertClose(name + " stable_rank", f.stableRank(), e.get("stable_rank"), SOUND);
      assertClose(name + " frobenius", f.frobenius(), e.get("frobenius"), SOUND);
      assertClose(name + " mp_edge_s", f.edge(), e.get("mp_edge_s"), SOUND);
      assertThat(f.spikes()).as(name).isEqualTo(e.get("mp_spikes").intValue());
      assertClose(name + " alpha", f.tail().alpha(), e.get("alpha"), SOUND);
      assertClose(name + " alpha_ks", f.tail().ks(), e.get("alpha_ks"), SOUND);
      assertThat(f.tail().tail()).as(name).isEqualTo(e.get("alpha_tail").intValue());
      assertClose(name + " alpha_xmin", f.tail().xMin(), e.get("alpha_xmin"), SOUND);
      assertClose(name + " std", r.deviation(), e.get("std"), SOUND);
    }
    Sparsity sparsity = new Sparsity();
    WeightSettings settings = new WeightSettings(true);
    int compared = 0;
    try (OneModel c = open(model, "sparsity", OneModel.AMPLE)) {
      for (Task<StoredTensor> task : sparsity.tasks(c, settings)) {
        if (!names.contains(task.label())) {
          continue;
        }
        compared++;
        String name = task.label();
        EntryFigures f = c.measure(sparsity, settings, task);
        JsonNode e = all.get(prefix + name);
        assertClose(name + " std", f.deviation(), e.get("std"), SOUND);
        assertClose(name + " kurtosis", f.kurtosis(), e.get("kurtosis"), SOUND);
        assertClose(name + " hoyer", f.hoyer(), e.get("hoyer"), SOUND);
        assertClose(name + " gini", f.gini(), e.get("gini"), SOUND);
        JsonNode shares = e.get("share_below_001_010_050_std");
        for (int t = 0; t < 3; t++) {
          assertThat(f.belowDeviation().get(t)).as(name).isEqualTo(shares.get(t).doubleValue());
        }
      }
    }
    assertThat(compared).isEqualTo(names.size());
  }

  @ParameterizedTest
  @CsvSource({"mt3-t5, 16", "sample:t5, 8"})
  void theSeedsQueryKeyProducts(String model, int layers) throws IOException {
    JsonNode expected = battery(model).get("qk");
    Map<String, QkFigures> found = new HashMap<>();
    for (QkFigures r : qk(model, new WeightSettings(false))) {
      found.put(r.task().label(), r);
    }
    assertThat(expected).hasSize(layers);
    for (JsonNode e : expected) {
      String name = e.get("loc").textValue() + ".self_attn." + e.get("layer").intValue();
      QkFigures.Whole w = found.get(name).whole();
      assertClose(name + " stable_rank", w.stableRank(), e.get("stable_rank"), SEED);
      assertClose(name + " pr", w.participationRatio(), e.get("pr"), SEED);
      assertClose(name + " sym_dev", w.asymmetry(), e.get("sym_dev"), SEED);
      assertThat(w.positive()).as(name).isEqualTo(e.get("pos").intValue());
      assertThat(w.negative()).as(name).isEqualTo(e.get("neg").intValue());
      for (int i = 0; i < 5; i++) {
        assertClose(name + " top " + i, w.top().get(i), e.get("top5").get(i), SEED);
      }
    }
  }

  /** With keys of their own, and two or more heads of queries to one of keys. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "mt3-t5; encoder.self_attn.0; sound.json;"
            + " qk_per_head mt3-t5 encoder block 0 (6 heads of 64)",
        "tinystories-656k-llama; decoder.self_attn.0; sound.json;"
            + " qk_per_head tinystories layer 0 (8 query heads, 4 key heads, width 16, norm scale"
            + " not folded, rotary left out)",
        "sample:t5; encoder.self_attn.0; samples.json; heads of encoder.self_attn.0",
        "sample:bytes; decoder.self_attn.0; samples.json; heads of decoder.self_attn.0"
      })
  void theSoundQueryKeyForms(String model, String label, String file, String entry)
      throws IOException {
    JsonNode all = RealCheckpoints.reference(file);
    JsonNode heads = (file.equals("samples.json") ? all.get(model) : all).get(entry);
    QkFigures r =
        qk(model, new WeightSettings(true)).stream()
            .filter(f -> f.task().label().equals(label))
            .findFirst()
            .orElseThrow();
    assertThat(r.heads()).hasSameSizeAs(heads).isNotEmpty();
    for (QkFigures.Head h : r.heads()) {
      JsonNode e = heads.get(h.head());
      String name = label + " head " + h.head();
      assertClose(name + " s1", h.s1(), e.get("s").get(0), SOUND);
      assertClose(name + " stable_rank", h.stableRank(), e.get("stable_rank"), SOUND);
      assertClose(name + " score", h.score(), e.get("score"), SOUND);
      assertClose(name + " deviation", h.deviation(), e.get("deviation"), SOUND);
      assertClose(name + " energy", h.positiveEnergy(), e.get("positive_energy"), SOUND);
      assertClose(name + " balance", h.signedBalance(), e.get("signed_balance"), SOUND);
      assertClose(name + " top", h.top(), e.get("top_eigenvalue"), SOUND);
      assertClose(name + " bottom", h.bottom(), e.get("bottom_eigenvalue"), SOUND);
    }
  }

  private List<QkFigures> qk(String model, WeightSettings settings) {
    try (OneModel c = open(model, "qk", OneModel.AMPLE)) {
      return c.measureAll(new QkForms(), settings);
    }
  }

  /** Measures the matrices of these names, or all where there are none. */
  private List<SpectrumFigures> spectra(
      String model, long memory, WeightSettings settings, Set<String> names) {
    Spectra spectra = new Spectra();
    try (OneModel c = open(model, "spectra", memory)) {
      List<Task<StoredTensor>> tasks = new ArrayList<>(spectra.tasks(c, settings));
      tasks.removeIf(p -> !names.isEmpty() && !names.contains(p.label()));
      assertThat(tasks).allMatch(p -> p.detail().draws() == 0);
      return tasks.parallelStream().map(p -> c.measure(spectra, settings, p)).toList();
    }
  }

  private OneModel open(String model, String instrument, long memory) {
    return new OneModel(RealCheckpoints.at(model), instrument, folder.resolve(instrument), memory);
  }

  private static void assertClose(String what, double actual, JsonNode expected, double relative) {
    double e = expected.doubleValue();
    assertThat(actual).as(what).isCloseTo(e, within(relative * Math.abs(e)));
  }
}
