package dev.orograph.instrument.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.instrument.corpus.EntropyPatches.Patch;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.Transformer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Patches by hand, and entropies over windows against passes over each window alone. */
@Tag("numeric")
class EntropyPatchesTest {
  private static final List<Double> NATS = List.of(0.5, 2.0, 1.0, 3.0, 1.5, 9.0);

  @Test
  void aPatchStartsWhereThePredictionOfItsFirstIsAboveTheThreshold() {
    EntropyPatches p = EntropyPatches.cut(NATS, 0, 1.5);
    assertThat(p.patches())
        .containsExactly(new Patch(0, 2, null), new Patch(2, 4, 2.0), new Patch(4, 6, 3.0));
    assertThat(p.mean()).isCloseTo(8.0 / 5, within(1e-15));
    // Behind a begin token the first byte starts a patch however certain it is, as in BLT.
    p = EntropyPatches.cut(NATS, 1, 1.5);
    assertThat(p.patches())
        .containsExactly(new Patch(1, 2, 0.5), new Patch(2, 4, 2.0), new Patch(4, 6, 3.0));
    assertThat(p.length()).isEqualTo(5);
    assertThat(EntropyPatches.cut(NATS, 0, 10).starts()).containsExactly(0);
    assertThat(EntropyPatches.cut(NATS, 0, 0).starts()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThatThrownBy(() -> EntropyPatches.cut(NATS, 6, 0)).hasMessageContaining("from 6 of 6");
  }

  @Test
  void theUsualThresholdGivesPatchesOfTheLengthThatBltAimsAt() {
    List<Double> nats = new ArrayList<>();
    IntStream.range(0, 4501).forEach(i -> nats.add((double) (i * 7919L % 4501)));
    EntropyPatches p = EntropyPatches.cut(nats, 0, EntropyPatches.usual(nats, 0));
    assertThat(p.length() / (double) p.starts().size()).isCloseTo(4.5, within(0.01));
    assertThat(EntropyPatches.usual(List.of(3.0), 0)).isZero();
  }

  @Test
  void aLongTextIsReadInWindowsThatOverlapByHalf() throws URISyntaxException {
    Path folder =
        Path.of(
                EntropyPatchesTest.class
                    .getResource("/families/meta-llama-bytes/model.safetensors")
                    .toURI())
            .getParent();
    int[] ids = IntStream.range(0, 23).map(i -> 4 + i * 37 % 256).toArray();
    try (Model model = Model.open(folder);
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      List<Integer> done = new ArrayList<>();
      List<Double> found = EntropyPatches.nats(t, ids, 9, 1, folder, done::add);
      assertThat(done).containsExactly(9, 14, 19, 23);
      double[] expected = t.entropy(Inputs.ids(Arrays.copyOf(ids, 9))).get(0);
      for (int i = 0; i < 9; i++) {
        assertThat(found.get(i)).isEqualTo(expected[i]);
      }
      // Position 16 is the fourth behind the first new one of the window that begins at 10.
      expected = t.entropy(Inputs.ids(Arrays.copyOfRange(ids, 10, 19))).get(0);
      assertThat(found.get(16)).isEqualTo(expected[6]);
      double[] whole = t.entropy(Inputs.ids(ids)).get(0);
      assertThat(found.get(8)).isCloseTo(whole[8], within(1e-12));
      assertThat(Math.abs(found.get(22) - whole[22])).isGreaterThan(1e-4);
    }
  }
}
