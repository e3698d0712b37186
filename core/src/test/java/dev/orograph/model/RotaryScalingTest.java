package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.input.InputException;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scaled rotary positions against a plain float64 block whose angles follow the published formulas,
 * written down a second time here.
 */
class RotaryScalingTest {
  private static final int WIDTH = 8;
  private static final double BASE = 10000;

  @TempDir Path folder;

  @Test
  void linear() throws IOException {
    agrees("{'rope_type':'linear','factor':4.0}", 64, 20, 1, i -> plain(BASE, i) / 4);
    agrees("{'type':'linear','factor':1.0}", 64, 20, 1, i -> plain(BASE, i));
  }

  @Test
  void dynamic() throws IOException {
    // Beyond the trained 16 positions the base grows; within it does not.
    double grown = BASE * Math.pow(4.0 * 20 / 16 - 3, WIDTH / (WIDTH - 2.0));
    agrees("{'type':'dynamic','factor':4.0}", 16, 20, 1, i -> plain(grown, i));
    agrees("{'type':'dynamic','factor':4.0}", 16, 16, 1, i -> plain(BASE, i));
  }

  /** Peng et al. 2023, equations 17 to 23, and section 3.4 for the attention factor. */
  @Test
  void yarn() throws IOException {
    double factor = 4;
    IntToDoubleFunction turn =
        i -> {
          // Whole turns in 16 positions decide; bounds in pairs, rounded outwards.
          double low = Math.floor(WIDTH * Math.log(16 / (32 * 2 * Math.PI)) / (2 * Math.log(BASE)));
          double high = Math.ceil(WIDTH * Math.log(16 / (1 * 2 * Math.PI)) / (2 * Math.log(BASE)));
          low = Math.max(low, 0);
          high = Math.min(high, WIDTH - 1);
          double ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
          return plain(BASE, i) / factor * ramp + plain(BASE, i) * (1 - ramp);
        };
    String given = "{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':16";
    agrees(given + "}", 64, 20, 0.1 * Math.log(4) + 1, turn);
    agrees(given + ",'attention_factor':1.5}", 64, 20, 1.5, turn);
    double ratio = (0.1 * 2 * Math.log(4) + 1) / (0.1 * 0.5 * Math.log(4) + 1);
    agrees(given + ",'mscale':2.0,'mscale_all_dim':0.5}", 64, 20, ratio, turn);
    IntToDoubleFunction open =
        i -> {
          double low = Math.max(0, WIDTH * Math.log(16 / (2 * 2 * Math.PI)) / (2 * Math.log(BASE)));
          double high = WIDTH * Math.log(16 / (0.01 * 2 * Math.PI)) / (2 * Math.log(BASE));
          double ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
          return plain(BASE, i) / factor * ramp + plain(BASE, i) * (1 - ramp);
        };
    agrees(
        given + ",'beta_fast':2.0,'beta_slow':0.01,'truncate':false}",
        64,
        20,
        0.1 * Math.log(4) + 1,
        open);
  }

  @Test
  void longRope() throws IOException {
    String given =
        "{'rope_type':'longrope','short_factor':[1.0,1.5,2.0,2.5],'long_factor':[1.0,3.0,5.0,7.0]"
            + ",'original_max_position_embeddings':16}";
    double size = Math.sqrt(1 + Math.log(64.0 / 16) / Math.log(16));
    double[] shorter = {1, 1.5, 2, 2.5};
    double[] longer = {1, 3, 5, 7};
    agrees(given, 64, 20, size, i -> plain(BASE, i) / longer[i]);
    agrees(given, 64, 16, size, i -> plain(BASE, i) / shorter[i]);
  }

  @Test
  void whatIsNotKnownIsRefused() throws IOException {
    for (String scaling :
        List.of(
            "{'rope_type':'ntk','factor':2.0}",
            "{'rope_type':'longrope','short_factor':[1.0],'long_factor':[1.0]}",
            "{'rope_type':'linear'}",
            "{'factor':8.0}",
            "{'rope_type':'linear','factor':2.0,'stretch':3.0}",
            "{'rope_type':'yarn','factor':2.0,'attn_factor':1.2}",
            "{'rope_type':'llama3','factor':8.0,'low_freq_factor':8.0,'high_freq_factor':4.0,"
                + "'original_max_position_embeddings':16}",
            "{'rope_type':'yarn','factor':-2.0}")) {
      try (Model model = Model.open(model(scaling, 64))) {
        assertThatThrownBy(model::design).as(scaling).isInstanceOf(InputException.class);
      }
    }
  }

  /** Two scalings that contradict each other; one that is said twice. */
  @Test
  void bothSpellings() throws IOException {
    for (String type : List.of("linear", "default")) {
      Path folder = model("{'type':'linear','factor':4.0}", 64);
      ObjectMapper json = new ObjectMapper();
      ObjectNode config = (ObjectNode) json.readTree(folder.resolve("config.json").toFile());
      config.putObject("rope_parameters").put("rope_type", type).put("factor", 4.0);
      json.writeValue(folder.resolve("config.json").toFile(), config);
      try (Model model = Model.open(folder)) {
        if (type.equals("linear")) {
          assertThat(model.design()).isPresent();
        } else {
          assertThatThrownBy(model::design).hasMessageContaining("'rope_parameters'");
        }
      }
    }
  }

  private static double plain(double base, int i) {
    return 1 / Math.pow(base, 2.0 * i / WIDTH);
  }

  /** A tiny Llama with that scaling. */
  private Path model(String scaling, int positions) throws IOException {
    Path from = Path.of(resource("/families/llama3-rope/config.json"));
    Path to = Files.createTempDirectory(folder, "model");
    ObjectMapper json = new ObjectMapper();
    ObjectNode config = (ObjectNode) json.readTree(from.toFile());
    config.set("rope_scaling", json.readTree(scaling.replace('\'', '"')));
    config.put("max_position_embeddings", positions);
    json.writeValue(to.resolve("config.json").toFile(), config);
    Files.copy(from.resolveSibling("model.safetensors"), to.resolve("model.safetensors"));
    return to;
  }

  private static String resource(String name) {
    return RotaryScalingTest.class.getResource(name).getPath();
  }

  private void agrees(
      String scaling, int positions, int length, double magnitude, IntToDoubleFunction turn)
      throws IOException {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (7 * i + 3) % 97;
    }
    try (Model model = Model.open(model(scaling, positions));
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States states = t.forward(Inputs.ids(ids), Set.of("block_0.out"))) {
      double[] found = states.get("block_0.out").doubles();
      double[][] expected = block(model, ids, magnitude, turn);
      double most = 0;
      for (double[] row : expected) {
        for (double v : row) {
          most = Math.max(most, Math.abs(v));
        }
      }
      int d = expected[0].length;
      assertThat(found).hasSize(length * d);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i])
            .as("%s, position %d", scaling, i / d)
            .isCloseTo(expected[i / d][i % d], within(1e-12 * most));
      }
    }
  }

  private static double[][] block(
      Model model, int[] ids, double magnitude, IntToDoubleFunction turn) {
    StackSpec stack = model.spec().stacks().get(0);
    List<Parameter> own = model.parameters().stream().filter(p -> p.role().layer() == 0).toList();
    PlainBlock block = new PlainBlock(model, own, stack);
    double[][] x = new double[ids.length][stack.dModel()];
    Parameter table = model.parameter("model.embed_tokens.weight").orElseThrow();
    try (TensorData data = model.checkpoint().map(table.tensor())) {
      for (int i = 0; i < ids.length; i++) {
        data.read((long) ids[i] * stack.dModel(), x[i], 0, stack.dModel());
      }
    }
    double[][] read = block.rmsNorm("input_layernorm", x, stack.dModel(), 1e-5);
    double[][] q = block.linear(Component.SELF_ATTN_Q, read);
    double[][] k = block.linear(Component.SELF_ATTN_K, read);
    double[][] v = block.linear(Component.SELF_ATTN_V, read);
    block.rotate(q, false, magnitude, turn);
    block.rotate(k, false, magnitude, turn);
    double[][] y =
        PlainBlock.plus(x, block.attention(q, k, v, true, new boolean[ids.length], stack::keyHead));
    return PlainBlock.plus(
        y, block.gated(block.rmsNorm("post_attention_layernorm", y, stack.dModel(), 1e-5)));
  }
}
