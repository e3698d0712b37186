package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.FamilyFixture.Expected;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every state of every family is the transformers library's, at every block. */
class ParityTest {
  static java.util.stream.Stream<FamilyFixture> families() {
    return FamilyFixture.all();
  }

  @ParameterizedTest
  @MethodSource("families")
  void inFloat64(FamilyFixture f) {
    // Its weights make so much of the library's float32 softmax that block by block 1e-6 is passed.
    UnaryOperator<Design> as = f.name().equals("t5-gated-untied") ? FamilyFixture::rounded : d -> d;
    Map<String, Double> errors = f.errors(f.folder(), Precision.FLOAT64, as, in -> in);
    String last = f.name().startsWith("t5") ? "decoder.block_1.out" : "block_2.out";
    assertThat(errors.keySet()).contains(last);
    assertThat(errors).allSatisfy((state, e) -> assertThat(e).as(state).isLessThan(f.exact()));
  }

  /** With softmax in float32, as the library takes it, T5 is the library's to the last digits. */
  @ParameterizedTest
  @ValueSource(strings = {"t5-relu-tied", "t5-gated-untied"})
  void roundedAsTheLibraryDoes(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    assertThat(f.errors(f.folder(), Precision.FLOAT64, FamilyFixture::rounded, in -> in))
        .allSatisfy((state, e) -> assertThat(e).as(state).isLessThan(1e-13));
  }

  @ParameterizedTest
  @MethodSource("families")
  void inFloat32(FamilyFixture f) {
    assertThat(f.errors(Precision.FLOAT32))
        .allSatisfy((state, e) -> assertThat(e).as(state).isLessThan(FamilyFixture.SINGLE));
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
