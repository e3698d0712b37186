package dev.orograph.model.forward;

import static dev.orograph.checkpoint.OnnxModel.floats;
import static dev.orograph.checkpoint.OnnxModel.longs;
import static dev.orograph.checkpoint.OnnxModel.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.OnnxModel;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models of every family as PyTorch exports them: linear layers turned round and renamed. */
class ExportedTest {
  private static final Set<Component> TABLES =
      Set.of(
          Component.EMBEDDING,
          Component.POSITION_EMBEDDING,
          Component.POSITION_BIAS,
          Component.BUFFER);

  @TempDir private Path dir;

  static java.util.stream.Stream<FamilyFixture> families() {
    return FamilyFixture.all();
  }

  /** The weights of a fixture in an ONNX file. */
  private static OnnxModel exported(Path folder) {
    OnnxModel onnx = new OnnxModel();
    try (Model model = Model.open(folder)) {
      Checkpoint c = model.checkpoint();
      Set<String> linear =
          model.parameters().stream()
              .filter(p -> p.matrix() && !p.transposed())
              .filter(p -> !TABLES.contains(p.role().component()))
              .map(p -> p.tensor().storedName())
              .filter(name -> name.endsWith(".weight"))
              .collect(Collectors.toSet());
      int n = 100;
      for (TensorInfo t : c.tensors()) {
        List<Integer> shape = t.shape().stream().map(Math::toIntExact).toList();
        byte[] bytes = new byte[(int) t.byteLength()];
        try (TensorData data = c.map(t)) {
          data.readRaw(0, bytes, 0, bytes.length);
        }
        if (!linear.contains(t.name())) {
          onnx.initialiser(
              tensor(
                  t.name(),
                  t.dtype() == DType.F32 ? 1 : t.dtype() == DType.I64 ? 7 : 2,
                  shape,
                  bytes));
          continue;
        }
        assertThat(t.dtype()).isEqualTo(DType.F32);
        byte[] turned = new byte[bytes.length];
        int rows = shape.get(0);
        int columns = shape.get(1);
        for (int i = 0; i < rows * columns; i++) {
          System.arraycopy(bytes, 4 * i, turned, 4 * (i % columns * rows + i / columns), 4);
        }
        String renamed = "onnx::MatMul_" + n++;
        String module = "/" + t.name().replaceFirst("\\.weight$", "").replaceAll("\\.(?!\\d)", "/");
        onnx.initialiser(tensor(renamed, 1, List.of(columns, rows), turned));
        onnx.node("MatMul", module + "/MatMul", List.of("x", renamed), module + "/MatMul_output_0");
      }
    }
    return onnx;
  }

  private Path write(OnnxModel onnx) throws IOException {
    Files.write(dir.resolve("model.onnx"), onnx.toBytes());
    return dir;
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyWeightIsTheOneOfTheModel(FamilyFixture f) throws IOException {
    Path folder = write(exported(f.folder()));
    for (String config : List.of("config.json", "params.json")) {
      if (Files.exists(f.folder().resolve(config))) {
        Files.copy(f.folder().resolve(config), folder.resolve(config));
      }
    }
    try (Model model = Model.open(f.folder());
        Model onnx = Model.open(folder)) {
      assertThat(onnx.spec()).isEqualTo(model.spec());
      assertThat(onnx.parameters()).hasSameSizeAs(model.parameters());
      for (Parameter p : model.parameters()) {
        Parameter found =
            onnx.parameters().stream()
                .filter(o -> o.tensor().name().equals(p.tensor().name()))
                .findFirst()
                .orElseThrow();
        assertThat(found.role()).isEqualTo(p.role());
        assertThat(values(onnx, found)).isEqualTo(values(model, p));
      }
    }
    Map<String, Double> allowed = f.allowed(Precision.FLOAT32);
    assertThat(f.errors(folder, Precision.FLOAT32, UnaryOperator.identity(), in -> in))
        .allSatisfy((state, e) -> assertThat(e).as(state).isLessThan(allowed.get(state)));
  }

  private static double[] values(Model model, Parameter p) {
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      double[] all = new double[(int) p.tensor().count()];
      data.read(0, all, 0, all.length);
      return all;
    }
  }

  /** BERT's pass needs nothing that names, shapes and the graph's constants do not tell. */
  @Test
  void aBertNeedsNoConfiguration() throws IOException {
    FamilyFixture f = FamilyFixture.of("bert");
    OnnxModel onnx = exported(f.folder());
    onnx.constant("eps", tensor("", 1, List.of(), floats(1e-12f)));
    onnx.node("Sub", "/n/Sub", List.of("x", "mean"), "centred");
    onnx.node("Pow", "/n/Pow", List.of("centred", "two"), "squares");
    onnx.node("ReduceMean", "/n/ReduceMean", List.of("squares"), "variance");
    onnx.node("Add", "/n/Add", List.of("variance", "eps"), "sum");
    onnx.node("Sqrt", "/n/Sqrt", List.of("sum"), "deviation");
    onnx.node("Erf", "/f/Erf", List.of("x"), "erf");
    write(onnx);
    assertThatThrownBy(
            () -> {
              try (Model model = Model.open(dir)) {
                model.design();
              }
            })
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("config.json", "--heads");
    onnx.constant("sizes", tensor("", 7, List.of(4), longs(0, 0, 4, 8)));
    String query = "/encoder/layer.0/attention/self/query";
    onnx.node("Add", query + "/Add", List.of("b", query + "/MatMul_output_0"), "q");
    onnx.initialiser("b", List.of(1), 0);
    onnx.node("Reshape", "/encoder/layer.0/attention/self/Reshape", List.of("q", "sizes"), "cut");
    write(onnx);
    try (Model model = Model.open(dir);
        Model source = Model.open(f.folder())) {
      assertThat(model.spec().stacks()).isEqualTo(source.spec().stacks());
      assertThat(model.spec().vocabulary()).isEqualTo(source.spec().vocabulary());
      assertThat(model.spec().facts()).containsEntry("heads", "4 of width 8");
    }
    Map<String, Double> errors =
        f.errors(dir, Precision.FLOAT64, UnaryOperator.identity(), in -> in);
    assertThat(errors.keySet()).contains("block_2.out");
    assertThat(errors).allSatisfy((state, e) -> assertThat(e).as(state).isLessThan(f.exact()));
  }

  /** What a graph does not tell of a Llama (its angles) is not made up. */
  @Test
  void anotherFamilyNeedsOne() throws IOException {
    write(exported(FamilyFixture.of("llama-tied").folder()));
    try (Model model = Model.open(dir)) {
      assertThat(model.spec().family()).isEqualTo("Llama");
      assertThat(model.spec().stacks().get(0).layers()).isEqualTo(3);
      assertThatThrownBy(model::design).hasMessageContaining("config.json");
    }
  }
}
