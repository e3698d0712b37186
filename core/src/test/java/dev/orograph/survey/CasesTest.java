package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.Sections;
import dev.orograph.instrument.embedding.UnderTrained;
import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.instrument.weights.Spectra;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Opening;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.report.Outputs;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small inputs of the kinds that people have, each with what is to be said of it. */
class CasesTest {
  @TempDir Path folder;

  private static Path path(String name) {
    return Path.of(CasesTest.class.getResource("/cases/" + name).getPath());
  }

  private static Model open(String name) {
    return Model.open(path(name));
  }

  private static String analysis(Inspection i, String id) {
    return i.analyses().stream()
        .filter(a -> a.id().equals(id))
        .map(a -> a.applies() ? "yes" : a.reason())
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Long> tensors(Model model) {
    return model.parameters().stream()
        .filter(Parameter::weight)
        .collect(Collectors.groupingBy(Parameter::group, Collectors.counting()));
  }

  private static List<Long> shape(Model model, Component component) {
    Parameter p =
        model.parameters().stream()
            .filter(q -> q.role().component() == component && q.matrix())
            .findFirst()
            .orElseThrow();
    return List.of(p.outputs(), p.inputs());
  }

  /** nanoGPT writes the weights beside a stray scalar, as torch.nn.Linear has them. */
  @ParameterizedTest
  @CsvSource({
    "nanogpt-best-val-loss/ckpt.pt, 8, 2048",
    "nanogpt-float-loss/ckpt.pt, 8, 2048",
    "nanogpt-width-12/ckpt.pt, 12, 4224",
    "model-state-key/ckpt.pt, 8, 2048",
    "module-prefix/ckpt.pt, 8, 2048",
    "lightning/last.ckpt, 8, 2048"
  })
  void checkpointsOfTrainingRuns(String file, long d, long count) {
    try (Model model = open(file)) {
      assertThat(model.spec().family()).isEqualTo("GPT-2");
      assertThat(model.count()).isEqualTo(count);
      assertThat(model.checkpoint().tensors()).hasSize(28);
      for (Component c :
          List.of(Component.SELF_ATTN_Q, Component.SELF_ATTN_K, Component.SELF_ATTN_O)) {
        assertThat(shape(model, c)).containsExactly(d, d);
      }
      assertThat(shape(model, Component.MLP_UP)).containsExactly(4 * d, d);
      assertThat(shape(model, Component.MLP_DOWN)).containsExactly(d, 4 * d);
      assertThat(model.spec().stacks().get(0).layers()).isEqualTo(2);
      assertThat(model.spec().stacks().get(0).dModel()).isEqualTo((int) d);
      assertThat(model.spec().stacks().get(0).dFf()).isEqualTo((int) (4 * d));
      String paragraph = Inspection.of(model, false).card().paragraph();
      assertThat(paragraph).contains("2 decoder blocks of width " + d).doesNotContain(" 0 ");
    }
  }

  @Test
  void theDictionaryIsChosenByItsKey() {
    Path file = path("nanogpt-best-val-loss/ckpt.pt");
    try (Model model = Model.open(file, Opening.USUAL.withKey("."))) {
      assertThat(model.checkpoint().tensors())
          .singleElement()
          .extracting("name")
          .isEqualTo("best_val_loss");
    }
    assertThatThrownBy(() -> Model.open(file, Opening.USUAL.withKey("ema")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'ema'")
        .hasMessageContaining("'model' (29 tensors, ");
    try (Model model = Model.open(file)) {
      assertThat(Inspection.of(model, false).remarks())
          .contains("ckpt.pt: its tensors are those under the key 'model'");
    }
  }

  /** Deep in a file, beside larger tensors and other dictionaries, and as the wrapped Conv1D. */
  @ParameterizedTest
  @CsvSource({"nested.pt, a.b.state_dict", "beside.pt, sd", "wrapped.pt, model"})
  void dictionariesThatLookLikeAModel(String file, String key) {
    try (Model model = open("variants/" + file)) {
      assertThat(model.spec().family()).isEqualTo("GPT-2");
      assertThat(model.checkpoint().remarks())
          .contains(file + ": its tensors are those under the key '" + key + "'");
      assertThat(shape(model, Component.SELF_ATTN_K)).containsExactly(4L, 4L);
      assertThat(shape(model, Component.MLP_UP)).containsExactly(16L, 4L);
      assertThat(model.parameters()).noneMatch(p -> p.role().component() == Component.OTHER);
    }
    try (Model model = Model.open(path("variants/" + file), Opening.USUAL.withKey(key))) {
      assertThat(model.spec().family()).isEqualTo("GPT-2");
    }
  }

  /** What a run noted is a configuration in full, or none for a pass. */
  @Test
  void hyperParametersAsConfiguration() {
    try (Model model = open("variants/named.ckpt")) {
      assertThat(model.spec().stacks().get(0).keyHeads()).isEqualTo(1);
      assertThat(analysis(Inspection.of(model, false), "states")).isEqualTo("yes");
      assertThat(
              model
                  .design()
                  .orElseThrow()
                  .stacks()
                  .get(0)
                  .block()
                  .attention()
                  .rotary()
                  .orElseThrow()
                  .turn(0, 4, 0))
          .isEqualTo(0.25);
    }
    try (Model model = open("variants/unnamed.ckpt")) {
      assertThat(model.spec().stacks().get(0).heads()).isEqualTo(2);
      assertThat(analysis(Inspection.of(model, false), "states")).contains("model_type");
    }
    Opening said = Opening.USUAL.withFamily("llama");
    try (Model model = Model.open(path("variants/unnamed.ckpt"), said)) {
      assertThat(analysis(Inspection.of(model, false), "states")).isEqualTo("yes");
    }
  }

  @Test
  void aRunThatDoesNotNameItsGeluHasNoPass() {
    try (Model model = open("nanogpt-best-val-loss/ckpt.pt")) {
      assertThat(analysis(Inspection.of(model, false), "states")).contains("activation_function");
      assertThat(analysis(Inspection.of(model, false), "qk")).isEqualTo("yes");
    }
  }

  @Test
  void namesThatAWrapperChanged() {
    try (Model model = open("prefix-module/model")) {
      assertThat(model.parameters()).noneMatch(p -> p.role().component() == Component.OTHER);
      Inspection i = Inspection.of(model, false);
      assertThat(analysis(i, "states")).isEqualTo("yes");
      assertThat(i.remarks()).anyMatch(r -> r.contains("'module.' in front"));
      Transformer.load(model, Precision.FLOAT32, Device.CPU).close();
    }
  }

  @Test
  void packedAndScaledWeightsAreNamed() {
    try (Model model = open("fp8-scale-weight/model")) {
      assertThat(model.packed()).contains("'l.scale_weight' belongs to 'l.weight'");
    }
    try (Model model = open("mlx-quantization-key/model")) {
      assertThat(model.packed()).get().asString().contains("'lm_head.biases'", "'quantization'");
      assertThat(Inspection.of(model, false).card().facts().get("embedding and head"))
          .isEqualTo("separate");
      assertThat(Inspection.of(model, false).analyses()).noneMatch(Inspection.Analysis::applies);
    }
  }

  @Test
  void aLeftOverDeclarationIsANote() {
    try (Model model = open("leftover-quantization-config/model")) {
      assertThat(model.packed()).isEmpty();
      Inspection i = Inspection.of(model, false);
      assertThat(i.remarks())
          .anyMatch(
              r -> r.contains("'quantization_config' (bitsandbytes), but the tensors are plain"));
      assertThat(analysis(i, "spectra")).isEqualTo("yes");
      assertThat(analysis(i, "states")).isEqualTo("yes");
    }
  }

  @Test
  void allPartsOfAGgufFileAreRead() throws IOException {
    for (String name : List.of("m-00001-of-00002.gguf", "m-00002-of-00002.gguf", "")) {
      try (Model model = open("gguf-split-first-file/model/" + name)) {
        assertThat(model.checkpoint().tensors()).hasSize(21);
        assertThat(model.aliases()).isEmpty();
        assertThat(model.head().orElseThrow().tensor().name()).isEqualTo("lm_head.weight");
        assertThat(Inspection.of(model, false).card().paragraph()).contains("a head of its own");
      }
    }
    Path alone = folder.resolve("m-00001-of-00002.gguf");
    Files.copy(path("gguf-split-first-file/model/m-00001-of-00002.gguf"), alone);
    assertThatThrownBy(() -> Model.open(alone))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'m-00002-of-00002.gguf' is missing");
    Path other = Files.copy(alone, folder.resolve("other.gguf"));
    assertThatThrownBy(() -> Model.open(other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'split.count'");
  }

  /** Positions divided by four; a part of each head turned, which lies otherwise: refused. */
  @Test
  void whatGgufSaysOfPositions() {
    int[] ids = {3, 4, 5, 6, 7, 8, 9, 10};
    try (Model model = open("gguf-rope-keys/scale_linear.gguf");
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States scaled = t.forward(Inputs.ids(ids), Set.of("block_0.out"));
        States quarter =
            t.forward(
                Inputs.ids(ids).positions(List.of(new int[] {0, 4, 8, 12, 16, 20, 24, 28})),
                Set.of("block_0.out"))) {
      double[] plain = quarter.get("block_0.out").doubles();
      assertThat(scaled.get("block_0.out").doubles()).isNotEqualTo(plain);
      assertThat(
              t.design().stacks().get(0).block().attention().rotary().orElseThrow().turn(0, 8, 0))
          .isEqualTo(0.25);
    }
    try (Model model = open("gguf-rope-keys/dimension_count.gguf")) {
      assertThat(analysis(Inspection.of(model, false), "states"))
          .contains("llama.rope.dimension_count");
      assertThat(analysis(Inspection.of(model, false), "qk")).isEqualTo("yes");
    }
  }

  @Test
  void leftPaddingShiftsNoPosition() {
    int[] ids = new int[17];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 3 + i;
    }
    int[] padded = new int[40];
    int[] mask = new int[40];
    System.arraycopy(ids, 0, padded, 23, 17);
    Arrays.fill(mask, 23, 40, 1);
    try (Model model = open("gpt2-left-padding/model");
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States alone = t.forward(Inputs.ids(ids), Set.of("block_1.out"));
        States among =
            t.forward(Inputs.ids(List.of(padded)).mask(List.of(mask)), Set.of("block_1.out"))) {
      for (int i = 0; i < 17; i++) {
        double[] expected = alone.get("block_1.out").vector(0, i);
        double[] found = among.get("block_1.out").vector(0, 23 + i);
        for (int j = 0; j < expected.length; j++) {
          assertThat(found[j]).isCloseTo(expected[j], within(1e-10));
        }
      }
    }
  }

  /** Learned, rotary and relative positions, beside each other for each family with a pass. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "clip-text",
        "gpt2",
        "gptj",
        "gpt-neox-parallel",
        "llama-tied",
        "qwen2",
        "meta-llama-bytes"
      })
  void leftPaddingChangesNoState(String family) {
    int[] ids = {5, 9, 2, 7, 11};
    int[] padded = {0, 0, 0, 5, 9, 2, 7, 11};
    int[] mask = {0, 0, 0, 1, 1, 1, 1, 1};
    Path at = Path.of(CasesTest.class.getResource("/families/" + family).getPath());
    try (Model model = Model.open(at);
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU);
        States alone = t.forward(Inputs.ids(ids), Set.of("block_1.out"));
        States among =
            t.forward(Inputs.ids(List.of(padded)).mask(List.of(mask)), Set.of("block_1.out"))) {
      for (int i = 0; i < ids.length; i++) {
        double[] expected = alone.get("block_1.out").vector(0, i);
        double[] found = among.get("block_1.out").vector(0, 3 + i);
        for (int j = 0; j < expected.length; j++) {
          assertThat(found[j]).isCloseTo(expected[j], within(1e-10));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kv-heads-0", "layers-0"})
  void countsOfNothingAreRefused(String name) {
    assertThatThrownBy(() -> open(name))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(name.startsWith("kv") ? "num_key_value_heads" : "num_hidden_layers");
  }

  @Test
  void numbersAsPythonWritesThem() {
    try (Model model = open("config-infinity/model")) {
      assertThat(model.spec().family()).isEqualTo("Llama");
      assertThat(analysis(Inspection.of(model, false), "states")).isEqualTo("yes");
    }
  }

  @Test
  void namesOfAFamilyUnderAnotherType() {
    try (Model model = open("unknown-type-llama-names")) {
      assertThat(model.declared()).isEqualTo("smollm3");
      assertThat(model.spec().family()).isEqualTo("Llama");
      Inspection i = Inspection.of(model, false);
      assertThat(analysis(i, "qk")).isEqualTo("yes");
      assertThat(analysis(i, "embedding_norms")).isEqualTo("yes");
      assertThat(analysis(i, "states")).contains("model_type", "smollm3");
      assertThat(i.card().paragraph()).contains("'smollm3'", "names of Llama");
    }
    try (Model model =
        Model.open(path("unknown-type-llama-names"), Opening.USUAL.withFamily("llama"))) {
      assertThat(analysis(Inspection.of(model, false), "states")).isEqualTo("yes");
    }
    assertThatThrownBy(
            () -> Model.open(path("unknown-type-llama-names"), Opening.USUAL.withFamily("lama")))
        .hasMessageContaining("'lama'")
        .hasMessageContaining("Llama, ");
  }

  @Test
  void rowsAndVocabularyThatDiffer() {
    try (Model model = open("vocab-config-differs/model")) {
      Inspection i = Inspection.of(model, false);
      assertThat(i.card().facts().get("vocabulary"))
          .isEqualTo("128 rows where the configuration says 256");
      assertThat(i.card().paragraph()).contains("128 rows where the configuration says 256");
    }
  }

  private Model made(String config, Made tensors) throws IOException {
    if (!config.isEmpty()) {
      Files.writeString(folder.resolve("config.json"), config.replace('\'', '"'));
    }
    return Model.open(tensors.write(folder));
  }

  private static Made zeros(
      Made made, String prefix, String suffix, int rows, int columns, String... names) {
    for (String name : names) {
      double[] values = new double[rows * columns];
      if (columns == 1) {
        made.add(prefix + name + suffix, DType.F32, values, rows);
      } else {
        made.add(prefix + name + suffix, DType.F32, values, rows, columns);
      }
    }
    return made;
  }

  /** The configuration of an encoder-decoder beside an encoder's weights. */
  @Test
  void anEncoderAloneHasNoHead() throws IOException {
    Made t5 = zeros(new Made(), "shared", ".weight", 40, 16, "");
    String at = "encoder.block.0.layer.";
    zeros(t5, at + "0.SelfAttention.", ".weight", 16, 16, "q", "k", "v", "o");
    zeros(t5, at + "0.SelfAttention.", ".weight", 32, 2, "relative_attention_bias");
    zeros(t5, at, ".layer_norm.weight", 16, 1, "0", "1");
    zeros(t5, at + "1.DenseReluDense.", ".weight", 32, 16, "wi");
    zeros(t5, at + "1.DenseReluDense.", ".weight", 16, 32, "wo");
    zeros(t5, "encoder.", ".weight", 16, 1, "final_layer_norm");
    String config =
        "{'model_type':'t5','d_model':16,'num_layers':1,'num_heads':2,'d_kv':8,'d_ff':32,"
            + "'vocab_size':40}";
    try (Model model = made(config, t5)) {
      Inspection i = Inspection.of(model, false);
      assertThat(i.card().facts()).doesNotContainKey("embedding and head");
      assertThat(i.card().paragraph())
          .contains("1 encoder blocks")
          .doesNotContain("decoder", "head.");
      assertThat(analysis(i, "unembedding")).contains("writes none");
    }
  }

  /** OLMo 2 has nearly the names of Qwen3, and Qwen3 more than nine in ten of OLMo 2's. */
  @Test
  void theFamilyThatKnowsMostNames() throws IOException {
    Made olmo = zeros(new Made(), "model.", ".weight", 8, 4, "embed_tokens");
    for (int i = 0; i < 4; i++) {
      String at = "model.layers." + i + ".";
      zeros(olmo, at + "self_attn.", "_proj.weight", 4, 4, "q", "k", "v", "o");
      zeros(olmo, at + "self_attn.", "_norm.weight", 4, 1, "q", "k");
      zeros(olmo, at, "_layernorm.weight", 4, 1, "post_attention", "post_feedforward");
      zeros(olmo, at + "mlp.", "_proj.weight", 4, 4, "gate", "up", "down");
    }
    try (Model model = made("", olmo)) {
      assertThat(model.spec().family()).isEqualTo("OLMo 2");
    }
  }

  /** Without its key heads a configuration contradicts the weights: only what needs heads minds. */
  @Test
  void headsThatDoNotFitTheWeights() throws IOException {
    Made llama = zeros(new Made(), "model.", ".weight", 8, 8, "embed_tokens");
    zeros(llama, "model.layers.0.self_attn.", "_proj.weight", 8, 8, "q", "o");
    zeros(llama, "model.layers.0.self_attn.", "_proj.weight", 4, 8, "k", "v");
    zeros(llama, "model.layers.0.mlp.", "_proj.weight", 8, 8, "gate", "up", "down");
    String config =
        "{'model_type':'llama','hidden_size':8,'num_hidden_layers':1,'num_attention_heads':2,"
            + "'intermediate_size':8,'vocab_size':8}";
    try (Model model = made(config, llama)) {
      Inspection i = Inspection.of(model, false);
      assertThat(analysis(i, "qk")).contains("heads as wide");
      assertThat(analysis(i, "spectra")).isEqualTo("yes");
      assertThat(analysis(i, "states")).contains("should have shape");
    }
  }

  @Test
  void stepsOfAContainerAndMasks() {
    try (Model model = open("sequential-mlp-grouped/gpt.pth")) {
      assertThat(tensors(model))
          .isEqualTo(
              Map.of(
                  "blocks.*.ff.net.0.weight", 2L,
                  "blocks.*.ff.net.2.weight", 2L,
                  "token_emb.weight", 1L));
      assertThat(model.count()).isEqualTo(1184);
    }
  }

  @Test
  void textsBesideArraysAreLeftOut() {
    try (Model model = open("npz-with-text")) {
      assertThat(model.checkpoint().leftOut())
          .containsExactly("model.npz: 'model_type.npy', a text");
      assertThat(analysis(Inspection.of(model, false), "cosines")).isEqualTo("yes");
    }
  }

  @Test
  void whyAnArrayHasNoTokens() {
    try (Model model = open("npy-wrong-reason/u1.npy")) {
      assertThat(analysis(Inspection.of(model, false), "density")).contains("whole numbers");
    }
    try (Model model = open("npy-wrong-reason/one.npy")) {
      assertThat(analysis(Inspection.of(model, false), "density")).contains("one-dimensional");
    }
  }

  @Test
  void linksAreFollowedWhereTheUserSaysSo() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.copy(path("weights-symlinked/model/config.json"), model.resolve("config.json"));
    Files.copy(path("weights-symlinked/elsewhere/w.safetensors"), elsewhere.resolve("w"));
    Files.createSymbolicLink(model.resolve("model.safetensors"), Path.of("../elsewhere/w"));
    assertThatThrownBy(() -> Model.open(model)).hasMessageContaining("--allow-links");
    try (Model open = Model.open(model, Opening.USUAL.withLinks())) {
      assertThat(open.spec().family()).isEqualTo("Llama");
      assertThat(analysis(Inspection.of(open, false), "states")).isEqualTo("yes");
    }
  }

  @Test
  void noPowerLawOfRounding() {
    Section section = Sections.of(new Spectra(), path("alpha-of-rounding/model"), folder);
    for (int row : new int[] {0, 1}) {
      assertThat(Sections.cell(section, "spectra.matrix", row, "alpha")).isNull();
      assertThat(Sections.cell(section, "spectra.matrix", row, "without"))
          .asString()
          .contains("alpha: fewer than 10");
    }
  }

  @Test
  void convolutionsAreMatrices() {
    Section section = Sections.of(new Spectra(), path("other-ranks-silent/model"), folder);
    assertThat(Sections.cell(section, "spectra.matrix", 0, "tensor"))
        .isEqualTo("conv1d.weight[8 x 20]");
    assertThat(Sections.cell(section, "spectra.matrix", 2, "columns")).isEqualTo(81L);
    assertThat(Sections.scalar(section, "spectra.matrices").value()).isEqualTo(4);
    assertThat(section.findings()).anyMatch(f -> f.id().equals("spectra.cut"));
  }

  @Test
  void oneOutlierDoesNotSetTheReach() {
    Section section = Sections.of(new UnderTrained(), path("unused-outlier"), folder);
    assertThat(Sections.scalar(section, "undertrained.matrix.suspects").value()).isZero();
  }

  @Test
  void rowsWithoutATokenAreNamed() {
    try (Model model = open("padded-rows-as-neighbours/model")) {
      TokenSearch search = TokenSearch.of(model, "");
      assertThat(search.tensor()).isEqualTo("model.embed_tokens.weight");
      List<String> texts = new ArrayList<>();
      search
          .nearest(TokenSearch.cosine(search.word("w5").point()), 128)
          .forEach(hit -> texts.add(hit.text()));
      assertThat(texts).doesNotContain("").contains("#123, no token", "w5");
    }
  }

  @Test
  void theUsersEmbeddingAndHead() {
    Path file = path("sequential-mlp-grouped/gpt.pth");
    try (Model model = Model.open(file, Opening.USUAL.withEmbedding("token_emb.weight"))) {
      Inspection i = Inspection.of(model, false);
      assertThat(
              i.analyses().stream()
                  .filter(Inspection.Analysis::applies)
                  .map(Inspection.Analysis::id))
          .contains("embedding_norms", "cosines", "density", "embedding_map", "undertrained");
      assertThat(model.tokenMatrices()).singleElement().extracting("group").isEqualTo("embedding");
    }
    assertThatThrownBy(() -> Model.open(file, Opening.USUAL.withEmbedding("tok")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--embedding 'tok'")
        .hasMessageContaining("blocks.0.ff.net.0.weight");
  }

  @Test
  void theUsersHeads() {
    try (Model model = Model.open(path("lightning/last.ckpt"), Opening.USUAL.withHeads(4))) {
      assertThat(model.spec().stacks().get(0).heads()).isEqualTo(4);
      assertThat(model.spec().stacks().get(0).dHead()).isEqualTo(2);
    }
    try (Model model = Model.open(path("lightning/last.ckpt"), Opening.USUAL.withHeads(3))) {
      assertThat(model.spec().stacks().get(0).heads()).isZero();
    }
  }

  @Test
  void aWordForEachRow() throws IOException {
    try (Model model = open("words-beside-vectors")) {
      assertThat(model.whyNoTokenizer()).isEmpty();
      assertThat(model.tokenizer().orElseThrow().size()).isEqualTo(50);
      assertThat(model.tokenizer().orElseThrow().text(0)).isEqualTo("the");
      assertThat(model.tokenizer().orElseThrow().single("of")).hasValue(1);
      assertThat(analysis(Inspection.of(model, false), "words")).isEqualTo("yes");
    }
    Files.copy(path("words-beside-vectors/vectors.npy"), folder.resolve("vectors.npy"));
    List<String> words = Files.readAllLines(path("words-beside-vectors/vocab.txt"));
    Files.write(
        folder.resolve("glove.txt"), words.stream().map(w -> w + " 0.5 -1.25e-3 7").toList());
    try (Model model = Model.open(folder)) {
      assertThat(model.tokenizer().orElseThrow().text(2)).isEqualTo("and");
    }
    Files.delete(folder.resolve("glove.txt"));
    Files.write(folder.resolve("words.txt"), words.subList(0, 49));
    try (Model model = Model.open(folder)) {
      assertThat(model.whyNoTokenizer().orElseThrow()).contains("50 rows", "49");
    }
  }

  @Test
  void tokensByRank() {
    try (Model model = open("tiktoken-tokenizer-model")) {
      assertThat(model.tokenizer().orElseThrow().size()).isEqualTo(258);
      assertThat(model.tokenizer().orElseThrow().text(65)).isEqualTo("A");
      assertThat(model.tokenizer().orElseThrow().encode("AB").ids()).containsExactly(65, 66);
    }
  }

  @Test
  void layersAreToldByNames() {
    try (Model model = open("lora")) {
      assertThat(model.parameters()).noneMatch(p -> p.role().layer() == Role.NO_LAYER);
    }
  }

  /** The first two ended the process, the others took gigabytes for a few kilobytes. */
  @ParameterizedTest
  @CsvSource({
    "tok-strip-overlap-survey, 8",
    "tok-regex-growth, 1",
    "tok-growth-mem, 1",
    "tok-added-bomb, 0",
  })
  void tokenizersThatBreakOut(String name, int ids) {
    if (ids == 0) {
      assertThatThrownBy(() -> Tokenizer.open(path(name)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("added tokens have more than");
      return;
    }
    String sentence = "The quick brown fox jumps over the lazy dog.";
    try (Tokenizer tokenizer = Tokenizer.open(path(name))) {
      assertThat(tokenizer.encode(sentence).ids()).hasSize(ids);
      if (name.contains("growth")) {
        assertThatThrownBy(() -> tokenizer.encode("a".repeat(16_000)))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("characters of a text");
      } else {
        assertThat(tokenizer.encode("  a  b  ".repeat(2000)).ids()).hasSize(10_000);
      }
    }
  }

  @Test
  void resultsWithoutAnId() {
    assertThatThrownBy(() -> Outputs.read(path("results-null-id")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("results.json")
        .hasMessageContaining("id");
  }
}
