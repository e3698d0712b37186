package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The derivatives of the loss, against those of the slow plain way. */
@Tag("numeric")
class GradientTest {
  /** The loss has 1e-15, so a difference over this step has 1e-10, and 4th order leaves less. */
  private static final double STEP = 1e-5;

  private static final int[] TEXT = {5, 17, 33, 60, 12, 7, 81, 2};
  private static final int[] NEXT = {17, 33, Scored.IGNORED, 12, 7, 81, 2, 9};

  private static Scored scored(Trainable t) {
    Inputs in = Inputs.ids(TEXT);
    return new Scored(
        t.design().encoderDecoder() ? in.decoder(Inputs.ids(0, 4, 9, 30, 31, 3, 8, 6)) : in,
        List.of(NEXT));
  }

  /** Of every weight the entries with the largest, the smallest and the middle derivative. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "t5-relu-tied",
        "t5-gated-untied",
        "llama-gqa-untied",
        "llama-tied",
        "meta-llama-bytes",
        "qwen3",
        "gpt2",
        "gpt-neox-parallel"
      })
  void derivativesAreThoseOfCentralDifferences(String name) {
    try (Model model = Model.open(FamilyFixture.of(name).folder());
        Trainable t = Trainable.load(model, Precision.FLOAT64)) {
      List<Scored> slices = List.of(scored(t));
      Loss loss = t.gradient(slices);
      double[] gradient = t.gradient().doubles();
      assertThat(loss.count()).isEqualTo(7);
      assertThat(loss.mean()).isGreaterThan(0.1);
      for (Map.Entry<Parameter, Learned.Span> e : t.variables().spans().entrySet()) {
        long from = e.getValue().from();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < e.getValue().size(); i++) {
          order.add((int) from + i);
        }
        order.sort((a, b) -> Double.compare(gradient[a], gradient[b]));
        for (int at :
            List.of(order.get(0), order.get(order.size() / 2), order.get(order.size() - 1))) {
          double expected =
              (8 * difference(t, slices, at, STEP) - difference(t, slices, at, 2 * STEP))
                  / (12 * STEP);
          assertThat(gradient[at])
              .as("%s: %s [%d]", name, e.getKey().tensor().name(), at - from)
              .isCloseTo(
                  expected, org.assertj.core.data.Offset.offset(1e-7 * (1 + Math.abs(expected))));
        }
        assertThat(Math.max(-gradient[order.get(0)], gradient[order.get(order.size() - 1)]))
            .as("something depends on %s", e.getKey().tensor().name())
            .isPositive();
      }
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
}
