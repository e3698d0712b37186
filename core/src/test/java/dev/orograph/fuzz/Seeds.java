package dev.orograph.fuzz;

import dev.orograph.checkpoint.OnnxModel;
import dev.orograph.fuzz.Seed.Bytes;
import dev.orograph.fuzz.Seed.Format;
import dev.orograph.input.ProtoWriter;
import dev.orograph.model.Family;
import dev.orograph.model.design.ModulatorDesign;
import dev.orograph.model.design.ModulatorDesign.Kind;
import dev.orograph.model.design.ModulatorDesign.Scope;
import dev.orograph.model.family.Families;
import dev.orograph.model.forward.ModulatorFolder;
import dev.orograph.report.ReportFixture;
import dev.orograph.tokenizer.TinyTokenizers;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Good files of every format, a few kilobytes each, so that a change hits what matters. */
final class Seeds {
  /** Keys of configurations that say a shape, in every family's spelling. */
  private static final List<String> SIZES =
      List.of(
          "hidden_size",
          "num_hidden_layers",
          "num_attention_heads",
          "intermediate_size",
          "num_key_value_heads",
          "head_dim",
          "vocab_size",
          "n_embd",
          "n_layer",
          "n_head",
          "n_inner",
          "rotary_dim",
          "rotary_pct",
          "d_model",
          "d_ff",
          "d_kv",
          "num_layers",
          "num_decoder_layers",
          "num_heads",
          "encoder_layers",
          "decoder_layers",
          "encoder_ffn_dim",
          "decoder_ffn_dim",
          "encoder_attention_heads",
          "decoder_attention_heads",
          "ffn_dim",
          "dim",
          "n_layers",
          "n_heads",
          "hidden_dim",
          "projection_dim",
          "mlp_ratio");

  private Seeds() {}

  /** All of them, in a fixed order. */
  static List<Seed> all() throws IOException {
    List<Seed> seeds = new ArrayList<>();
    safetensors(seeds);
    index(seeds);
    configs(seeds);
    tokenizers(seeds);
    onnx(seeds);
    run(seeds);
    words(seeds);
    others(seeds);
    for (Path file : resources("/formats")) {
      String name = file.getFileName().toString();
      Format format =
          name.endsWith(".pt") || name.endsWith(".pth")
              ? Format.TORCH
              : name.endsWith(".gguf")
                  ? Format.GGUF
                  : name.endsWith(".npy") ? Format.NPY : name.endsWith(".npz") ? Format.NPZ : null;
      if (name.equals("legacy.pt")) {
        format = Format.LEGACY;
      }
      if (format != null) {
        seeds.add(new Seed(format, name, new Bytes(Files.readAllBytes(file)), Map.of()));
      }
    }
    return List.copyOf(seeds);
  }

  /** A model with every kind of weight, and one whose weights lie beside it. */
  private static void onnx(List<Seed> seeds) {
    OnnxModel model =
        new OnnxModel()
            .initialiser("embeddings.word_embeddings.weight", List.of(3, 2), 1, 2, 3, 4, 5, 6)
            .initialiser("encoder.layer.0.attention.self.query.bias", List.of(2), 1, 2)
            .initialiser("onnx::MatMul_1", List.of(2, 2), 1, 2, 3, 4)
            .initialiser(
                OnnxModel.tensor("onnx::MatMul_2_quantized", 3, List.of(2, 2), new byte[4]))
            .initialiser("onnx::MatMul_2_scale", List.of(2), 0.5f, 0.25f)
            .initialiser(OnnxModel.tensor("onnx::MatMul_2_zero_point", 3, List.of(2), new byte[2]))
            .initialiser("Attention_0_qkv_weight", List.of(2, 6), new float[12])
            .initialiser(
                OnnxModel.head("half", 10, List.of(2)).bytes(5, ProtoWriter.packed(15_360, 300)))
            .initialiser(OnnxModel.tensor("q4", 2, List.of(2, 2, 2), new byte[8]))
            .initialiser("q4_scales", List.of(4), 1, 2, 3, 4)
            .initialiser("blocks", List.of(2, 2), 1, 2, 3, 4)
            .initialiser(OnnxModel.tensor("blocked", 3, List.of(2, 4), new byte[8]))
            .constant("sizes", OnnxModel.tensor("", 7, List.of(4), OnnxModel.longs(0, -1, 1, 2)))
            .constant("eps", OnnxModel.tensor("", 1, List.of(), OnnxModel.floats(1e-12f)))
            .node("Gather", "g", List.of("embeddings.word_embeddings.weight", "ids"), "x")
            .node(
                "MatMul",
                "/encoder/layer.0/attention/self/query/MatMul",
                List.of("x", "onnx::MatMul_1"),
                "m")
            .node("Add", "a", List.of("encoder.layer.0.attention.self.query.bias", "m"), "q")
            .node("Reshape", "r", List.of("q", "sizes"), "heads")
            .node(
                "MatMulInteger",
                "/encoder/layer.0/attention/self/key/MatMul_quant",
                List.of("x", "onnx::MatMul_2_quantized", "z", "onnx::MatMul_2_zero_point"),
                "i")
            .node("Cast", "c", List.of("i"), "f")
            .node("Mul", "s", List.of("f", "onnx::MatMul_2_scale"), "k")
            .node("Attention", "Attention_0", List.of("k", "Attention_0_qkv_weight"), "y")
            .node("Identity", "same", List.of("half"), "other")
            .node(
                "MatMulNBits",
                "/n/MatMul_Q4",
                List.of("x", "q4", "q4_scales"),
                "n",
                new OnnxModel.Attribute("K", 3, 8L),
                new OnnxModel.Attribute("N", 3, 2L),
                new OnnxModel.Attribute("block_size", 3, 4L))
            .node(
                "DequantizeLinear",
                "d",
                List.of("blocked", "blocks"),
                "w",
                new OnnxModel.Attribute("axis", 3, 1L),
                new OnnxModel.Attribute("block_size", 3, 2L))
            .node("Gemm", "/o/Gemm", List.of("y", "w"), "o")
            .node("Add", "e", List.of("v", "eps"), "t")
            .node("Sqrt", "root", List.of("t"), "u");
    add(seeds, Format.ONNX, "model.onnx", new Bytes(model.toBytes()), Map.of());
    OnnxModel outside =
        new OnnxModel()
            .initialiser(OnnxModel.outside("a.weight", List.of(2, 2), "weights.data", "0", "16"))
            .initialiser(OnnxModel.outside("b.weight", List.of(2), "weights.data", "16", "8"));
    add(
        seeds,
        Format.ONNX,
        "model.onnx",
        new Bytes(outside.toBytes()),
        Map.of("weights.data", new Bytes(new byte[32])));
  }

  /** A finished run, without the checksum that would have every change refused at once. */
  private static void run(List<Seed> seeds) {
    Bytes run =
        text(
            "{\"schema\":\"orograph.run\",\"key\":\"1\",\"status\":\"done\",\"started\":\"then\","
                + "\"version\":\"0\",\"machine\":{\"cpu\":\"x\",\"cores\":2},\"settings\":{\"seed\":42}}");
    for (byte[] bytes : ReportFixture.written()) {
      Bytes results = new Bytes(bytes);
      add(seeds, Format.RESULTS, "results.json", results, Map.of("run.json", run));
      add(seeds, Format.RUN, "run.json", run, Map.of("results.json", results));
    }
  }

  /** Byte pairs by rank, and lists of words. */
  private static void words(List<Seed> seeds) {
    StringBuilder ranks = new StringBuilder();
    StringBuilder tekken =
        new StringBuilder(
            "{\"config\":{\"pattern\":\"[^\\\\r\\\\n\\\\p{L}]?\\\\p{L}+|\\\\s+(?!\\\\S)|\\\\s+|.\","
                + "\"default_vocab_size\":263,\"default_num_special_tokens\":3},"
                + "\"special_tokens\":[{\"rank\":0,\"token_str\":\"<s>\",\"is_control\":true}],"
                + "\"vocab\":[");
    for (int i = 0; i < 260; i++) {
      byte[] token =
          i < 256
              ? new byte[] {(byte) i}
              : List.of("ab", " a", "aba", "\u00e9").get(i - 256).getBytes(StandardCharsets.UTF_8);
      String coded = Base64.getEncoder().encodeToString(token);
      ranks.append(coded).append(' ').append(i).append('\n');
      tekken
          .append(i == 0 ? "" : ",")
          .append("{\"rank\":" + i + ",\"token_bytes\":\"" + coded + "\"}");
    }
    add(seeds, Format.TIKTOKEN, "tokenizer.model", text(ranks.toString()), Map.of());
    add(seeds, Format.TEKKEN, "tekken.json", text(tekken + "]}"), Map.of());
    Bytes words = text("the\ncat\nsat\non\n\u00e9\n");
    add(seeds, Format.WORDS, "words.txt", words, Map.of());
    add(seeds, Format.WORDS, "a.vec", text("2 3\nthe 1 2 -3e-2\ncat 0 .5 1\n"), Map.of());
    Bytes json = text(TinyTokenizers.byteLevelBpe());
    add(
        seeds,
        Format.TEXT,
        Readings.TEXT,
        text("ab A  cafe\u0301 12|x.\r\n\ud83d\ude00 ab\n"),
        Map.of("tokenizer.json", json));
  }

  /** WordNet's files, a modulator, and models to hold claims against. */
  private static void others(List<Seed> seeds) {
    String entity = "00000000 01 n 01 entity 0 000 | what is; \"it\" ; there  \n";
    String dog = "%08d 01 n 02 Dog 0 domestic_dog 0 001 @ 00000000 n 0000 | barks  \n";
    String rex = "%08d 01 n 01 rex 0 001 @i %08d n 0000 | a dog  \n";
    int second = entity.length();
    int third = second + String.format(Locale.ROOT, dog, 0).length();
    Map<String, String> files = new TreeMap<>();
    files.put("lexnames", "00\tadj.all\t3\n01\tnoun.Tops\t1\n02\tverb.change\t2\n03\tadv.all\t4\n");
    files.put(
        "data.adj",
        "00000000 00 a 02 afloat(p) 0 adrift 0 000 | on the water; \"she is afloat\"  \n");
    files.put("index.adj", "adrift a 1 0 1 0 00000000  \nafloat a 1 0 1 0 00000000  \n");
    files.put("data.adv", "00000000 03 r 01 well 0 000 | in a good way  \n");
    files.put("index.adv", "well r 1 0 1 0 00000000  \n");
    files.put(
        Readings.NOUNS,
        entity
            + String.format(Locale.ROOT, dog, second)
            + String.format(Locale.ROOT, rex, third, second));
    files.put(
        "index.noun",
        String.format(
            Locale.ROOT,
            "dog n 1 1 @ 1 0 %08d  \nentity n 1 0 1 0 00000000  \nrex n 1 1 @ 1 0 %08d  \n",
            second,
            third));
    files.put("data.verb", "00000000 02 v 01 go 0 000 01 + 02 00 | move  \n");
    files.put("index.verb", "go v 1 0 1 0 00000000  \n");
    for (String name : files.keySet()) {
      Map<String, Bytes> beside = new TreeMap<>();
      files.forEach((n, t) -> beside.put(n, text(t)));
      beside.remove(name);
      add(seeds, Format.WORDNET, name, text(files.get(name)), beside);
    }
    modulators(seeds);
    add(
        seeds,
        Format.REFERENCE,
        Readings.REFERENCE,
        text(
            "{\"schema\":\"orograph.reference\",\"version\":1,\"models\":[{\"name\":\"a\",\"kind\":"
                + "\"decoder\",\"fingerprint\":\"0f\",\"effects\":{\"a.b\":1,\"a.c\":-2.5e-3}},"
                + "{\"name\":\"b\",\"kind\":\"encoder\",\"fingerprint\":\"1f\",\"effects\":{}}]}"),
        Map.of());
  }

  /** One of each kind, as the program writes them but for what libtorch would have to make. */
  private static void modulators(List<Seed> seeds) {
    for (ModulatorDesign design :
        List.of(
            ModulatorDesign.lerp(2, 4, 3, 2),
            ModulatorDesign.lowRank(2, 4, 3, 2),
            new ModulatorDesign(
                Kind.FIELD, 2, 6, 0, 3, List.of(1, 2), 2, true, 0.1, 0.9, 0.25, Scope.ALPHAS))) {
      StringBuilder header = new StringBuilder();
      ByteBuffer data = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
      for (ModulatorDesign.Entry e : design.entries()) {
        int begin = data.position();
        for (int i = 0; i < e.count(); i++) {
          data.putFloat(e.name().equals(ModulatorDesign.ACTIVE) ? i : 0.5f);
        }
        String shape = e.shape().toString().replace(" ", "");
        header
            .append(begin == 0 ? "{" : ",")
            .append(tensor(e.name(), "F32", shape, begin, data.position()));
      }
      byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      length.putLong(0, json.length);
      byte[] weights =
          Edits.join(length.array(), json, Arrays.copyOf(data.array(), data.position()));
      String config =
          String.format(
              Locale.ROOT,
              "{\"format\":\"orograph-modulator\",\"version\":1,\"kind\":\"%s\",\"n_layers\":2,"
                  + "\"d_model\":%d,\"vocab_size\":%d,\"width\":%d,\"expert_ks\":%s,\"null_dims\":%d,"
                  + "\"null_scattered\":%b,\"alpha_min\":%s,\"alpha_max\":%s,\"deform_scale\":%s,"
                  + "\"learned\":\"%s\",\"model_fingerprint\":\"%s\",\"model_name\":\"tiny\","
                  + "\"weights_sha256\":\"%s\"}",
              design.kind(),
              design.dModel(),
              design.vocabulary(),
              design.width(),
              design.experts(),
              design.free(),
              design.scattered(),
              design.floor(),
              design.ceiling(),
              design.deformation(),
              design.learned(),
              Readings.FINGERPRINT,
              sha256(weights));
      add(
          seeds,
          Format.MODULATOR,
          ModulatorFolder.CONFIG,
          text(config),
          Map.of(ModulatorFolder.WEIGHTS, new Bytes(weights)));
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void tokenizers(List<Seed> seeds) {
    Bytes config =
        text(
            "{\"tokenizer_class\":\"LlamaTokenizer\",\"unk_token\":{\"content\":\"<unk>\"},"
                + "\"added_tokens_decoder\":{\"12\":{\"content\":\"<x>\",\"special\":true,"
                + "\"lstrip\":true,\"normalized\":true}},\"legacy\":false,"
                + "\"additional_special_tokens\":[\"<x>\"]}");
    for (String json :
        List.of(
            TinyTokenizers.byteLevelBpe(),
            TinyTokenizers.byteFallbackBpe(),
            TinyTokenizers.wordPiece(),
            TinyTokenizers.wordLevel(),
            TinyTokenizers.unigram())) {
      add(seeds, Format.TOKENIZER, "tokenizer.json", text(json), Map.of());
    }
    for (boolean bpe : new boolean[] {false, true}) {
      Bytes model = new Bytes(TinyTokenizers.sentencePiece(bpe));
      add(seeds, Format.SENTENCEPIECE, "tiny.model", model, Map.of());
      add(seeds, Format.TOKENIZER, "tokenizer_config.json", config, Map.of("tiny.model", model));
    }
    Bytes vocab = text("{\"a\":0,\"b\":1,\"ab\":2,\"\u0120\":3,\"<|endoftext|>\":4}");
    Bytes merges = text("#version: 0.2\na b\n");
    add(seeds, Format.TOKENIZER, "vocab.json", vocab, Map.of("merges.txt", merges));
    add(seeds, Format.VOCABULARY, "merges.txt", merges, Map.of("vocab.json", vocab));
    Bytes words = text("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\ncafe\n");
    add(seeds, Format.VOCABULARY, "vocab.txt", words, Map.of());
    Bytes lower = text("{\"do_lower_case\":false,\"strip_accents\":true}");
    add(seeds, Format.TOKENIZER, "tokenizer_config.json", lower, Map.of("vocab.txt", words));
  }

  private static void safetensors(List<Seed> seeds) throws IOException {
    String all =
        tensor("a.0.w", "F32", "[2,3]", 0, 24)
            + ","
            + tensor("a.1.w", "F16", "[4]", 24, 32)
            + ","
            + tensor("s", "BF16", "[]", 32, 34)
            + ","
            + tensor("e", "F64", "[0,5]", 34, 34)
            + ","
            + tensor("i", "I64", "[1,1,1]", 34, 42)
            + ","
            + tensor("q", "F8_E4M3", "[6]", 42, 48)
            + ",\"__metadata__\":{\"format\":\"pt\",\"tied\":\"s\"}";
    add(seeds, Format.SAFETENSORS, "model.safetensors", file("{" + all + "}", 48), Map.of());
    add(
        seeds,
        Format.SAFETENSORS,
        "model.safetensors",
        file("{" + all + "}   ", 48),
        Map.of("config.json", config("llama")));
    String mlx =
        tensor("model.layers.0.self_attn.q_proj.weight", "U32", "[2,1]", 0, 8)
            + ","
            + tensor("model.layers.0.self_attn.q_proj.scales", "F16", "[2,1]", 8, 12)
            + ","
            + tensor("model.layers.0.self_attn.q_proj.biases", "F16", "[2,1]", 12, 16);
    String group = "{\"model_type\":\"llama\",\"quantization\":{\"group_size\":8,\"bits\":4}}";
    add(
        seeds,
        Format.SAFETENSORS,
        "model.safetensors",
        file("{" + mlx + "}", 16),
        Map.of("config.json", text(group)));
    add(
        seeds,
        Format.CONFIG,
        "config.json",
        text(group),
        Map.of("model.safetensors", file("{" + mlx + "}", 16)));
    String scaled =
        tensor("model.layers.0.self_attn.q_proj.weight", "F8_E4M3", "[4,4]", 0, 16)
            + ","
            + tensor("model.layers.0.self_attn.q_proj.weight_scale_inv", "F32", "[2,2]", 16, 32)
            + ","
            + tensor("model.layers.0.mlp.experts.down_proj_blocks", "U8", "[1,2,1,16]", 32, 64)
            + ","
            + tensor("model.layers.0.mlp.experts.down_proj_scales", "U8", "[1,2,1]", 64, 66);
    Bytes fp8 =
        text(
            "{\"model_type\":\"llama\",\"quantization_config\":{\"quant_method\":\"fp8\","
                + "\"weight_block_size\":[2,2]}}");
    Bytes numbers = file("{" + scaled + "}", 66);
    add(seeds, Format.SAFETENSORS, "model.safetensors", numbers, Map.of("config.json", fp8));
    add(seeds, Format.CONFIG, "config.json", fp8, Map.of("model.safetensors", numbers));
    for (Path roles : resources("/roles")) {
      String name = roles.getFileName().toString().replace(".txt", "");
      if (name.contains("gpt2") || name.contains("neox") || name.contains("qwen3")) {
        add(seeds, Format.SAFETENSORS, "model.safetensors", named(roles), Map.of());
      }
    }
  }

  private static void index(List<Seed> seeds) {
    Map<String, Bytes> shards =
        Map.of(
            "model-00001-of-00002.safetensors",
            file("{" + tensor("a", "F32", "[2]", 0, 8) + "}", 8),
            "model-00002-of-00002.safetensors",
            file(
                "{" + tensor("b", "I8", "[4]", 0, 4) + "," + tensor("c", "U8", "[4]", 4, 8) + "}",
                8));
    String map =
        "{\"metadata\":{\"total_size\":16},\"weight_map\":{"
            + "\"a\":\"model-00001-of-00002.safetensors\","
            + "\"b\":\"model-00002-of-00002.safetensors\"";
    String name = "model.safetensors.index.json";
    add(seeds, Format.INDEX, name, text(map + "}}"), shards);
    add(
        seeds,
        Format.INDEX,
        name,
        text(map + ", \"c\" :\n\t\"model-00002-of-00002.safetensors\"\r\n} }"),
        shards);
  }

  private static void configs(List<Seed> seeds) throws IOException {
    List<Bytes> weights = new ArrayList<>();
    for (Path roles : resources("/roles")) {
      weights.add(named(roles));
    }
    List<String> types = new ArrayList<>(List.of("", "unheard-of"));
    for (Family family : Families.ALL) {
      types.addAll(family.modelTypes());
    }
    for (int i = 0; i < types.size(); i++) {
      Map<String, Bytes> beside = Map.of("model.safetensors", weights.get(i % weights.size()));
      add(seeds, Format.CONFIG, "config.json", config(types.get(i)), beside);
    }
    for (Path family : resources("/families")) {
      for (String name : List.of("config.json", "params.json")) {
        if (Files.exists(family.resolve(name))) {
          Bytes model = new Bytes(Files.readAllBytes(family.resolve("model.safetensors")));
          Bytes own = new Bytes(Files.readAllBytes(family.resolve(name)));
          add(seeds, Format.CONFIG, name, own, Map.of("model.safetensors", model));
        }
      }
    }
    String tower = "{\"width\":8,\"layers\":2,\"heads\":2,\"mlp_ratio\":4.0,\"head_width\":4";
    add(
        seeds,
        Format.CONFIG,
        "open_clip_config.json",
        text(
            "{\"model_cfg\":{\"embed_dim\":8,\"quick_gelu\":true,\"vision_cfg\":"
                + tower
                + "},\"text_cfg\":"
                + tower
                + ",\"vocab_size\":9}}}"),
        Map.of(
            "open_clip_model.safetensors",
            file(
                "{"
                    + tensor("visual.transformer.resblocks.0.attn.in_proj_weight", "F16", "[6,2]")
                    + ","
                    + tensor("transformer.resblocks.0.attn.in_proj_weight", "F16", "[6,2]", 24, 48)
                    + ","
                    + tensor("visual.class_embedding", "F16", "[12]", 48, 72)
                    + ","
                    + tensor("logit_scale", "F32", "[6]", 72, 96)
                    + "}",
                96)));
    // An adapter's configuration is read, too.
    add(
        seeds,
        Format.CONFIG,
        "adapter_config.json",
        text("{\"peft_type\":\"LORA\",\"r\":8}"),
        Map.of("adapter_model.safetensors", weights.get(0)));
  }

  /** A configuration that says a number for every key that says a shape. */
  private static Bytes config(String type) {
    StringBuilder json = new StringBuilder("{\"model_type\":\"" + type + "\"");
    for (String key : SIZES) {
      json.append(",\"").append(key).append("\":").append(key.contains("head") ? 2 : 4);
    }
    return text(
        json
            + ",\"tie_word_embeddings\":true,\"torch_dtype\":\"float32\",\"hidden_act\":\"gelu\""
            + ",\"rope_parameters\":{\"partial_rotary_factor\":0.5},\"text_config\":{"
            + "\"hidden_size\":8,\"num_attention_heads\":2},\"vision_config\":{\"hidden_size\":8}"
            + ",\"use_parallel_residual\":false,\"quantization_config\":null}");
  }

  /** A checkpoint with the names of a list of roles, each tensor 6 by 6. */
  private static Bytes named(Path roles) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int at = 0;
    for (String line : Files.readAllLines(roles)) {
      String name = line.strip().split("\\s+", 2)[0];
      if (!name.isEmpty() && !name.startsWith("#") && header.indexOf('"' + name + '"') < 0) {
        String shape = name.endsWith("bias") ? "[36]" : "[6,6]";
        header.append(at == 0 ? "" : ",").append(tensor(name, "F16", shape, at, at + 72));
        at += 72;
      }
    }
    return file(header + "}", at);
  }

  private static String tensor(String name, String dtype, String shape) {
    return tensor(name, dtype, shape, 0, 24);
  }

  private static String tensor(String name, String dtype, String shape, int begin, int end) {
    return "\""
        + name
        + "\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":["
        + begin
        + ","
        + end
        + "]}";
  }

  private static Bytes file(String header, int data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (int i = 0; i < data; i++) {
      bytes.put((byte) (i * 37));
    }
    return new Bytes(bytes.array());
  }

  private static Bytes text(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(
      List<Seed> seeds, Format format, String name, Bytes bytes, Map<String, Bytes> beside) {
    seeds.add(new Seed(format, name, bytes, beside));
  }

  private static List<Path> resources(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(Seeds.class.getResource(folder).toURI()))) {
      return files.sorted().toList();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
