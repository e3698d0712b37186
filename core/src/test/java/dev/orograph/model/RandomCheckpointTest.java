package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.Hashing;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.model.RandomCheckpoint.Shape;
import dev.orograph.model.Role.Stack;
import dev.orograph.model.family.Llama;
import dev.orograph.model.family.MetaLlama;
import dev.orograph.model.family.T5;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomCheckpointTest {
  /** A sample's deviation may miss by so many of its standard errors, sigma / sqrt(2 n). */
  private static final double STANDARD_ERRORS = 5;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"T5_TINY", "LLAMA_TINY"})
  void theSameSeedGivesTheSameBytes(Shape shape) throws IOException {
    byte[] first = weights(shape, 5, "a");
    assertThat(weights(shape, 5, "b")).isEqualTo(first);
    assertThat(Files.readAllBytes(folder.resolve("b/config.json")))
        .isEqualTo(Files.readAllBytes(folder.resolve("a/config.json")));
    // The header names the seed; the tensors themselves have to differ, each of them.
    weights(shape, 6, "c");
    try (Model one = Model.open(folder.resolve("a"));
        Model other = Model.open(folder.resolve("c"))) {
      for (Parameter p : one.parameters()) {
        Parameter q = other.parameter(p.tensor().name()).orElseThrow();
        if (p.role().component() != Component.NORM) {
          assertThat(read(other, q)).isNotEqualTo(read(one, p));
        }
      }
    }
  }

  /** From these bytes the bundled checkpoints were trained: no Java and no machine may differ. */
  @ParameterizedTest
  @EnumSource(names = "SAMPLE_.*", mode = EnumSource.Mode.MATCH_ALL)
  void theSamplesBeginFromTheseBytes(Shape shape) {
    RandomCheckpoint.write(shape, RandomCheckpoint.SAMPLE_SEED, folder);
    assertThat(Hashing.file(folder.resolve("model.safetensors"))).isEqualTo(shape.sha256());
  }

  @Test
  void aT5HasItsInitialisation() {
    RandomCheckpoint.write(Shape.T5_TINY, 1, folder);
    try (Model model = Model.open(folder)) {
      assertThat(model.spec())
          .isEqualTo(
              new ModelSpec(
                  "T5",
                  List.of(
                      new StackSpec(Stack.ENCODER, 3, 64, 4, 4, 16, 128, 0),
                      new StackSpec(Stack.DECODER, 3, 64, 4, 4, 16, 128, 0)),
                  512,
                  true,
                  "relu",
                  "float32"));
      assertThat(model.parameters()).hasSize(1 + 2 * 3 * 4 + 3 * 4 + 2 + 6 * 2 + 3 * 3 + 3 * 2 + 2);
      for (Parameter p : model.parameters()) {
        assertThat(p.role().component()).as(p.tensor().name()).isNotEqualTo(Component.OTHER);
        double deviation =
            switch (p.role().component()) {
              case EMBEDDING -> 1;
              case SELF_ATTN_Q, CROSS_ATTN_Q -> 1 / Math.sqrt(64.0 * 16);
              case SELF_ATTN_O, CROSS_ATTN_O -> 1 / Math.sqrt(4.0 * 16);
              case MLP_DOWN -> 1 / Math.sqrt(128);
              case NORM -> 0;
              default -> 1 / Math.sqrt(64);
            };
        assertDrawn(model, p, deviation);
      }
    }
  }

  @Test
  void aLlamaHasItsInitialisation() {
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, folder);
    try (Model model = Model.open(folder)) {
      assertThat(model.spec())
          .isEqualTo(
              new ModelSpec(
                  "Llama",
                  List.of(new StackSpec(Stack.DECODER, 3, 64, 4, 2, 16, 192, 16)),
                  512,
                  false,
                  "silu",
                  "float32"));
      for (Parameter p : model.parameters()) {
        assertThat(p.role().component()).as(p.tensor().name()).isNotEqualTo(Component.OTHER);
        assertDrawn(model, p, p.role().component() == Component.NORM ? 0 : 0.02);
      }
    }
  }

  /** Norms are ones; everything else is centred, of this deviation, and no two are alike. */
  private static void assertDrawn(Model model, Parameter p, double deviation) {
    double[] w = read(model, p);
    double sum = 0;
    double squares = 0;
    for (double v : w) {
      sum += v;
      squares += v * v;
    }
    String name = p.tensor().name();
    if (deviation == 0) {
      assertThat(w).as(name).containsOnly(1);
      return;
    }
    assertThat(sum / w.length)
        .as(name)
        .isCloseTo(0, within(STANDARD_ERRORS * deviation / Math.sqrt(w.length)));
    assertThat(Math.sqrt(squares / w.length))
        .as(name)
        .isCloseTo(deviation, within(STANDARD_ERRORS * deviation / Math.sqrt(2.0 * w.length)));
  }

  @Test
  void tensorsAreDrawnApart() {
    RandomCheckpoint.write(Shape.LLAMA_TINY, 1, folder);
    try (Model model = Model.open(folder)) {
      double[] first =
          read(model, model.parameter("model.layers.0.self_attn.q_proj.weight").orElseThrow());
      double[] second =
          read(model, model.parameter("model.layers.1.self_attn.q_proj.weight").orElseThrow());
      double dot = 0;
      for (int i = 0; i < first.length; i++) {
        dot += first[i] * second[i];
      }
      double cosine = dot / (0.02 * 0.02 * first.length);
      assertThat(cosine).isCloseTo(0, within(STANDARD_ERRORS / Math.sqrt(first.length)));
    }
  }

  /** Every number that float16 holds is kept. */
  @Test
  void allHalvesComeBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float v = (float) DType.F16.decode(bits);
      int back = RandomCheckpoint.toHalf(v) & 0xffff;
      if (Float.isNaN(v)) {
        assertThat(back & 0x7fff).isEqualTo(0x7e00);
      } else {
        assertThat(back).isEqualTo(bits);
      }
    }
    assertThat(RandomCheckpoint.toHalf(Float.NaN)).isEqualTo((short) 0x7e00);
  }

  /** Halfway between neighbours the even one wins; a hair to either side the nearer one. */
  @Test
  void tiesGoToTheEvenPattern() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      double low = DType.F16.decode(bits);
      double high = bits == 0x7bff ? 65536 : DType.F16.decode(bits + 1);
      float middle = (float) ((low + high) / 2);
      int even = bits % 2 == 0 ? bits : bits + 1;
      for (int sign : new int[] {0, 0x8000}) {
        float m = sign == 0 ? middle : -middle;
        assertThat(RandomCheckpoint.toHalf(m) & 0xffff).isEqualTo(even | sign);
        float in = Math.nextAfter(m, 0.0);
        assertThat(RandomCheckpoint.toHalf(in) & 0xffff).isEqualTo(bits | sign);
        float out = Math.nextAfter(m, 2.0 * m);
        assertThat(RandomCheckpoint.toHalf(out) & 0xffff).isEqualTo((bits + 1) | sign);
      }
    }
  }

  @Test
  void whatIsTooLargeOrTooSmall() {
    assertThat(RandomCheckpoint.toHalf(Float.MAX_VALUE)).isEqualTo((short) 0x7c00);
    assertThat(RandomCheckpoint.toHalf(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(RandomCheckpoint.toHalf(Float.MIN_VALUE)).isEqualTo((short) 0);
    assertThat(RandomCheckpoint.toHalf(-Float.MIN_VALUE)).isEqualTo((short) 0x8000);
  }

  /** Also of those that are too large to be made in a test. */
  @ParameterizedTest
  @EnumSource
  void theConfigurationIsOneThatIsRead(Shape shape) throws IOException {
    Config c =
        new Config(
            new ObjectMapper().readTree(RandomCheckpoint.configuration(shape)),
            Path.of(shape.configuration()));
    Family family =
        switch (c.text("meta", "model_type")) {
          case "t5" -> new T5();
          case "llama" -> new Llama();
          default -> new MetaLlama();
        };
    assertThat(family.spec(c).stacks().get(0).layers()).isPositive();
  }

  @Test
  void shapesAreNamedAsOnTheCommandLine() {
    assertThat(Shape.T5_XXL_BLOCKS.id()).isEqualTo("t5-xxl-blocks");
  }

  private byte[] weights(Shape shape, long seed, String name) throws IOException {
    RandomCheckpoint.write(shape, seed, folder.resolve(name));
    return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
  }

  private static double[] read(Model model, Parameter p) {
    double[] w = new double[Math.toIntExact(p.tensor().count())];
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      data.read(0, w, 0, w.length);
    }
    return w;
  }
}
