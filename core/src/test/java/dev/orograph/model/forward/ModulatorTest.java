package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Entry;
import dev.orograph.model.design.ModulatorDesign.Kind;
import dev.orograph.model.design.ModulatorDesign.Scope;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before the blocks of an encoder, against plain Java and finite differences. */
@Tag("numeric")
class ModulatorTest {
  private static final String T5 = "t5-relu-tied";
  private static final String MODEL = "the model's fingerprint";

  @TempDir Path folder;

  private static Model open() {
    return Model.open(FamilyFixture.of(T5).folder());
  }

  /** One without ReLU, which has no derivative at 0. */
  private static Model smooth() {
    return Model.open(FamilyFixture.of("t5-gated-untied").folder());
  }

  /** Any numbers, templates and all; alphas within the bounds of a field. */
  private static Map<String, double[]> drawn(ModulatorDesign design, long seed) {
    Generator g = Generator.of(seed);
    Map<String, double[]> values = new HashMap<>();
    for (Entry e : design.entries()) {
      double[] v = new double[e.count()];
      g.normal(0, 0.3, v);
      values.put(e.name(), v);
    }
    double[] alpha = values.get(ModulatorDesign.ALPHA);
    Arrays.setAll(alpha, i -> -1.5 + alpha[i]);
    if (design.kind() == Kind.FIELD) {
      int[] order =
          design.scattered()
              ? g.permutation(design.dModel())
              : IntStream.range(0, design.dModel()).toArray();
      values.put(
          ModulatorDesign.ACTIVE,
          Arrays.stream(order).limit(design.active()).asDoubleStream().toArray());
    }
    return values;
  }

  private static ModulatorDesign design(Model model, Kind kind, boolean scattered) {
    int layers = model.spec().stacks().get(0).layers();
    int d = model.spec().stacks().get(0).dModel();
    int v = Math.toIntExact(model.tokenMatrices().get(0).tensor().rows());
    return switch (kind) {
      case LERP -> ModulatorDesign.lerp(layers, d, v, 4);
      case LOW_RANK -> ModulatorDesign.lowRank(layers, d, v, 4);
      case FIELD -> ModulatorDesign.field(layers, d, scattered);
    };
  }

  private static Modulator modulator(Model model, Kind kind, boolean scattered, Precision p) {
    ModulatorDesign design = design(model, kind, scattered);
    return Modulator.of(design, drawn(design, 7), p);
  }

  private static Inputs text() {
    return Inputs.ids(5, 9, 3, 7, 7, 2, 11, 1).decoder(Inputs.ids(0, 4, 9, 30, 31, 3));
  }

  private static Scored scored() {
    return new Scored(text(), List.of(new int[] {4, 9, 30, Scored.IGNORED, 3, 8}));
  }

  @Test
  void theSeedsFieldHasAsManyParameters() {
    assertThat(ModulatorDesign.field(6, 512, false).parameters()).isEqualTo(38_552);
    assertThat(ModulatorDesign.lerp(6, 512, 32_128, 64).parameters())
        .isEqualTo(32_128 * 64 + 512 * 64 + 6)
        .isEqualTo(ModulatorDesign.lowRank(6, 512, 32_128, 64).parameters());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aBypassChangesNoBit(Kind kind) {
    try (Model model = open();
        Modulator m = modulator(model, kind, false, Precision.FLOAT32);
        Transformer t = Transformer.load(model)) {
      double[] before = logits(t);
      t.modulate(m);
      assertThat(logits(t)).isNotEqualTo(before);
      m.bypass(true);
      assertThat(logits(t)).isEqualTo(before);
      m.bypass(false);
      t.modulate(null);
      assertThat(logits(t)).isEqualTo(before);
    }
  }

  private static double[] logits(Transformer t) {
    try (States s = t.forward(text(), Set.of("logits"))) {
      return s.get("logits").doubles();
    }
  }

  /** Text that is written reads the modulated encoder too. */
  @Test
  void generationIsModulated() {
    try (Model model = open();
        Modulator m = modulator(model, Kind.LERP, false, Precision.FLOAT32);
        Transformer t = Transformer.load(model)) {
      m.alpha(0.9);
      assertThat(Arrays.stream(m.alphas()).boxed()).allMatch(a -> Math.abs(a - 0.9) < 1e-6);
      Generation how = Generation.greedy(12, Set.of());
      Inputs prompt = Inputs.ids(5, 9, 3, 7, 7, 2, 11, 1);
      int[] plain = t.generate(prompt, how, Generation.Listener.NONE).get(0);
      t.modulate(m);
      int[] modulated = t.generate(prompt, how, Generation.Listener.NONE).get(0);
      assertThat(modulated).isNotEqualTo(plain);
      assertThat(t.generate(prompt, how.uncached(), Generation.Listener.NONE).get(0))
          .isEqualTo(modulated);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @SuppressWarnings("try") // the scope frees what is made inside it
  void aFieldIsWhatPlainJavaComputes(boolean scattered) {
    try (Model model = open();
        Modulator m = modulator(model, Kind.FIELD, scattered, Precision.FLOAT64);
        PointerScope scope = new PointerScope();
        NoGradGuard plain = new NoGradGuard()) {
      int d = m.design().dModel();
      double[] x = new double[6 * d];
      Generator.of(3).standardNormal(x);
      Tensor in = Torch.exact(x, 2, 3, d);
      double[] found = Torch.doubles(m.hook(text()).before("encoder.block_1", in));
      double[] active = m.get(ModulatorDesign.ACTIVE);
      for (int row = 0; row < 6; row++) {
        double[] h = Arrays.copyOfRange(x, row * d, (row + 1) * d);
        double[] gated = PlainField.apply(m, 1, h);
        for (int j = 0; j < d; j++) {
          int at = j;
          double v = found[row * d + j];
          if (Arrays.stream(active).anyMatch(a -> a == at)) {
            assertThat(v).isCloseTo(gated[j], offset(1e-12)).isNotEqualTo(h[j]);
          } else {
            assertThat(v).isEqualTo(h[j]); // to the bit
          }
        }
      }
      assertThat(m.hook(text()).before("decoder.block_1", in)).isSameAs(in);
    }
  }

  @Test
  void squaredVolumesAreCayleyAndMengers() {
    try (Model model = open();
        Modulator m = modulator(model, Kind.FIELD, false, Precision.FLOAT64)) {
      double[] x = new double[m.design().dModel()];
      Generator.of(4).standardNormal(x);
      double[] h = Arrays.copyOf(x, m.design().active());
      for (int k : m.design().experts()) {
        double[] features = PlainField.features(m, k, h);
        assertThat(m.squaredVolumes(k, x)[0])
            .isCloseTo(features[features.length - 1], offset(1e-12));
      }
    }
  }

  /** Two equal features behind LayerNorm are 0, whatever the stream is. */
  @Test
  void anExpertOfEdgesSeesNothing() {
    ModulatorDesign design =
        new ModulatorDesign(
            Kind.FIELD, 2, 16, 0, 8, List.of(1), 4, false, 0.001, 0.35, 0.05, Scope.ALL);
    double[] first = PlainField.gates(design, drawn(design, 1), 5);
    assertThat(first).isEqualTo(PlainField.gates(design, drawn(design, 1), 6));
  }

  /** The derivative of the loss by each kind of number, against central differences. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void derivativesAreThoseOfCentralDifferences(Kind kind) {
    try (Model model = smooth();
        Modulator m = modulator(model, kind, true, Precision.FLOAT64);
        Trainable t = Trainable.modulated(model, m, false)) {
      List<Scored> slices = List.of(scored());
      t.gradient(slices);
      double[] gradient = t.gradient().doubles();
      assertThat(t.decayed()).isEqualTo(gradient.length);
      for (Learned.Span span : t.learned().spans()) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < span.size(); i++) {
          order.add((int) span.from() + i);
        }
        order.sort((a, b) -> Double.compare(gradient[a], gradient[b]));
        for (int at :
            List.of(order.get(0), order.get(order.size() / 2), order.get(order.size() - 1))) {
          double h = 2e-5;
          double expected =
              (8 * difference(t, slices, at, h) - difference(t, slices, at, 2 * h)) / (12 * h);
          assertThat(gradient[at])
              .as("%s at %d", span.shape(), at - span.from())
              .isCloseTo(expected, offset(1e-8 * (1 + Math.abs(expected))));
        }
      }
      assertThat(Arrays.stream(gradient).map(Math::abs).max().orElseThrow()).isPositive();
    }
  }

  private static double difference(Trainable t, List<Scored> slices, int at, double by) {
    return moved(t, slices, at, by) - moved(t, slices, at, -by);
  }

  private static double moved(Trainable t, List<Scored> slices, int at, double by) {
    double before = t.values().tensor().data_ptr_double().get(at);
    t.values().tensor().data_ptr_double().put(at, before + by);
    double loss = t.loss(slices).mean();
    t.values().tensor().data_ptr_double().put(at, before);
    return loss;
  }

  /** An alpha of a field that is kept at its ceiling has no derivative. */
  @Test
  void alphasBeyondTheCeilingHaveNoDerivative() {
    try (Model model = open()) {
      ModulatorDesign design = design(model, Kind.FIELD, false).learning(Scope.ALPHAS);
      try (Modulator m = Modulator.of(design, drawn(design, 7), Precision.FLOAT64);
          Trainable t = Trainable.modulated(model, m, false)) {
        t.gradient(List.of(scored()));
        assertThat(Arrays.stream(t.gradient().doubles()).boxed()).hasSize(9).anyMatch(g -> g != 0);
        m.alpha(0.6);
        assertThat(m.alphas()).containsOnly(0.35);
        t.gradient(List.of(scored()));
        assertThat(t.gradient().doubles()).containsOnly(0);
      }
    }
  }

  /** As the reference notebook trains: scores without the factor that T5 has before them. */
  @Test
  void scoresWithoutTheirFactorGiveAnotherLoss() {
    try (Model model = open();
        Modulator m = modulator(model, Kind.LERP, false, Precision.FLOAT64);
        Trainable sound = Trainable.modulated(model, m, false);
        Trainable unscaled = Trainable.modulated(model, m, true)) {
      assertThat(unscaled.loss(List.of(scored())).mean())
          .isGreaterThan(sound.loss(List.of(scored())).mean());
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsWrittenIsRead(Kind kind) throws IOException {
    try (Model model = open();
        Modulator m = modulator(model, kind, true, Precision.FLOAT32)) {
      ModulatorFolder.write(m, folder, MODEL, "tiny");
      try (Modulator read = ModulatorFolder.read(folder, MODEL, Precision.FLOAT32)) {
        assertThat(read.design()).isEqualTo(m.design());
        for (Entry e : m.design().entries()) {
          assertThat(read.get(e.name())).isEqualTo(m.get(e.name()));
        }
      }
      refused("must be a modulator of this model", "another");
      Path config = folder.resolve(ModulatorFolder.CONFIG);
      String text = Files.readString(config);
      for (String broken :
          List.of(
              text.replace("\"n_layers\" : 3", "\"n_layers\" : -3"),
              text.replace("\"n_layers\" : 3", "\"n_layers\" : 4"),
              text.replace("\"kind\" : \"" + kind, "\"kind\" : \"FIELDS"),
              text.replace("\"deform_scale\" : 0", "\"deform_scale\" : \"x\", \"y\" : 0"),
              text.replace("orograph-modulator", "other"))) {
        assertThat(broken).isNotEqualTo(text);
        Files.writeString(config, broken);
        refused("", MODEL);
      }
      Files.writeString(config, text);
      byte[] weights = Files.readAllBytes(folder.resolve(ModulatorFolder.WEIGHTS));
      weights[weights.length - 1] ^= 1;
      Files.write(folder.resolve(ModulatorFolder.WEIGHTS), weights);
      refused("must be the tensors", MODEL);
      Files.delete(folder.resolve(ModulatorFolder.WEIGHTS));
      refused("must be the tensors", MODEL);
      Files.delete(config);
      refused("must be the folder of a modulator", MODEL);
    }
  }

  private void refused(String expected, String model) {
    assertThatThrownBy(() -> ModulatorFolder.read(folder, model, Precision.FLOAT32).close())
        .isInstanceOf(InputException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void aModelThatItDoesNotFitIsRefused() {
    try (Model model = open();
        Model other = Model.open(FamilyFixture.of("gpt2").folder());
        Transformer t = Transformer.load(model);
        Transformer one = Transformer.load(other)) {
      int d = model.spec().stacks().get(0).dModel();
      ModulatorDesign layers = ModulatorDesign.field(9, d, false);
      ModulatorDesign words = ModulatorDesign.lerp(3, d, 3, 4);
      try (Modulator deep = Modulator.of(layers, drawn(layers, 1), Precision.FLOAT32);
          Modulator few = Modulator.of(words, drawn(words, 1), Precision.FLOAT32)) {
        assertThatThrownBy(() -> t.modulate(deep)).hasMessageContaining("has 9 of width");
        assertThatThrownBy(() -> t.modulate(few)).hasMessageContaining("vectors for 3");
        assertThatThrownBy(() -> one.modulate(few)).hasMessageContaining("one stack");
        assertThatThrownBy(() -> few.alpha(1)).isInstanceOf(IllegalArgumentException.class);
      }
      Map<String, double[]> broken = drawn(words, 1);
      broken.get(ModulatorDesign.ALPHA)[0] = Double.NaN;
      assertThatThrownBy(() -> Modulator.of(words, broken, Precision.FLOAT32))
          .hasMessageContaining("not finite");
    }
  }
}
