package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Model;
import dev.orograph.model.forward.FamilyFixture.Expected;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every state of every family is the transformers library's, at every block. */
@Tag("numeric")
class ParityTest {
  static java.util.stream.Stream<FamilyFixture> families() {
    return FamilyFixture.all();
  }

  @ParameterizedTest
  @MethodSource("families")
  void inFloat64(FamilyFixture f) {
    Map<String, Double> errors = f.errors(Precision.FLOAT64);
    assertThat(errors.keySet())
        .contains(f.name().startsWith("t5") ? "decoder.block_1.out" : "block_2.out");
    within(errors, f.allowed(Precision.FLOAT64));
  }

  /** With scores and softmax rounded to float32, what its kernel loses inside remains. */
  @ParameterizedTest
  @ValueSource(strings = {"t5-relu-tied", "t5-gated-untied"})
  void roundedAsTheLibraryDoes(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    within(
        f.errors(f.folder(), Precision.FLOAT64, FamilyFixture::rounded, in -> in),
        f.allowedRounded());
  }

  @ParameterizedTest
  @MethodSource("families")
  void inFloat32(FamilyFixture f) {
    within(f.errors(Precision.FLOAT32), f.allowed(Precision.FLOAT32));
  }

  private static void within(Map<String, Double> errors, Map<String, Double> allowed) {
    assertThat(errors)
        .allSatisfy((state, e) -> assertThat(e).as(state).isLessThanOrEqualTo(allowed.get(state)));
  }

  /** Nothing that the reference holds is passed over. */
  @ParameterizedTest
  @MethodSource("families")
  void everyExpectedStateIsCompared(FamilyFixture f) {
    List<String> given =
        List.of(
            "input_ids",
            "attention_mask",
            "position_ids",
            "token_type_ids",
            "decoder_input_ids",
            "pixel_values",
            "greedy_generate",
            "next_byte_entropy_nats");
    assertThat(f.expected().keySet())
        .allMatch(name -> given.contains(name) || f.errors(Precision.FLOAT64).containsKey(name));
  }

  @Test
  void theEntropyOfTheNextByte() {
    FamilyFixture f = FamilyFixture.of("meta-llama-bytes");
    Map<String, Expected> e = f.expected();
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      double[] found = t.entropy(FamilyFixture.inputs(e)).get(0);
      assertThat(FamilyFixture.error(found, e.get("next_byte_entropy_nats"), null))
          .isLessThan(f.exact());
    }
  }
}
