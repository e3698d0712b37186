package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Scatter;
import dev.orograph.random.Generator;
import java.util.Base64;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** What is packed comes back to the bit, and what would have to be rounded is not packed. */
class PackedNumbersTest {
  private static final int N = 3000;

  private static JsonNode packed(double[] values, int nullAt) {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    ObjectNode finding = results.putArray("sections").addObject().putArray("findings").addObject();
    ArrayNode x = finding.put("kind", "scatter").putArray("layouts").addObject().putArray("x");
    for (int i = 0; i < values.length; i++) {
      if (i == nullAt) {
        x.addNull();
      } else {
        x.add(values[i]);
      }
    }
    PackedNumbers.packScatters(results);
    return finding.path("layouts").path(0).path("x");
  }

  /** As {@code packed.js} does. */
  private static Double[] unpacked(JsonNode packed) {
    byte[] bytes = Base64.getDecoder().decode(packed.path("packed").asText());
    int width = packed.path("width").asInt();
    double none = Math.pow(256, width) - 1;
    Double[] values = new Double[bytes.length / width];
    for (int i = 0; i < values.length; i++) {
      double v = 0;
      for (int b = width - 1; b >= 0; b--) {
        v = v * 256 + (bytes[i * width + b] & 255);
      }
      boolean known = !packed.path("nulls").asBoolean() || v != none;
      values[i] =
          known
              ? (Double)
                  ((v + packed.path("from").asDouble())
                      / Math.pow(10, packed.path("decimals").asInt()))
              : null;
    }
    return values;
  }

  @Test
  void roundedNumbersComeBack() {
    Generator g = Generator.of(5);
    for (double scale : new double[] {1e-7, 0.01, 1, 300, 1e6, 1e11}) {
      double[] values =
          Scatter.rounded(
                  DoubleStream.generate(() -> scale * g.standardNormal()).limit(N).toArray(),
                  scale > 1)
              .stream()
              .mapToDouble(v -> v)
              .toArray();
      JsonNode packed = packed(values, 7);
      if (packed.isArray()) {
        assertThat(scale).isIn(1e-7, 1e11);
        continue;
      }
      Double[] back = unpacked(packed);
      for (int i = 0; i < N; i++) {
        assertThat(back[i]).isEqualTo(i == 7 ? null : (Double) (values[i] + 0.0));
      }
    }
  }

  @Test
  void whatWouldBeRoundedStays() {
    Generator g = Generator.of(6);
    double[] values = DoubleStream.generate(g::standardNormal).limit(N).toArray();
    assertThat(packed(values, -1).isArray()).isTrue();
    assertThat(packed(new double[10], -1).isArray()).isTrue();
    assertThat(unpacked(packed(new double[N], -1))).containsOnly(0.0).hasSize(N);
  }
}
