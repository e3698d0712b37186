package dev.orograph.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checkpoints as they are before training: a shape's tensors drawn from its family's
 * initialisation, the same bytes for the same seed. They are the control that a claim about a
 * trained model needs, and the material of benchmarks.
 *
 * <p>T5's initialisation (Raffel et al. 2020, as in the transformers library): q (d d_h)^-1/2, k
 * and v d^-1/2, o (h d_h)^-1/2, wi d^-1/2, wo d_ff^-1/2, embedding 1; norms are 1. Llama's: .02
 * throughout.
 */
public final class RandomCheckpoint {
  /** A shape that can be made. */
  public enum Shape {
    /** A T5 small enough to be surveyed in a second. */
    T5_TINY("t5", 64, 3, 3, 4, 16, 128, 512, false, DType.F32),
    /** The shape of T5-small: 60.5 M parameters, 242 MB. */
    T5_SMALL("t5", 512, 6, 6, 8, 64, 2048, 32128, false, DType.F32),
    /** Two encoder blocks of the shape of T5-v1.1-XXL: 386 M parameters, 772 MB. */
    T5_XXL_BLOCKS("t5", 4096, 2, 0, 64, 64, 10240, 0, true, DType.F16),
    /** A Llama small enough to be surveyed in a second. */
    LLAMA_TINY("llama", 64, 0, 3, 4, 16, 192, 512, true, DType.F32),
    /** The shape of Llama-3.2-1B: 1.24 G parameters, 2.5 GB, one matrix for embedding and head. */
    LLAMA_1B("llama", 2048, 0, 16, 32, 64, 8192, 128256, true, DType.BF16),
    /** The shape of Llama-3.2-3B: 3.21 G parameters, 6.4 GB, one matrix for embedding and head. */
    LLAMA_3B("llama", 3072, 0, 28, 24, 128, 8192, 128256, true, DType.BF16),
    /** The bundled T5 before its training: 2.6 M parameters. */
    SAMPLE_T5(
        "t5",
        128,
        4,
        4,
        4,
        32,
        512,
        6000,
        false,
        DType.F32,
        "46f1be384791a3dfab8ffb3248d7ad2951e635bc76ccad8adfc0cc0858ed1a04"),
    /** The bundled language model before its training: 1.9 M parameters. */
    SAMPLE_LM(
        "llama",
        128,
        0,
        6,
        4,
        32,
        352,
        6000,
        true,
        DType.F32,
        "39cc25d57beb946cdbdd0844d102d1ae3254be097e301f6ce31eddd2747fa6ab"),
    /** The bundled model of bytes before its training, in Meta's naming: 0.2 M parameters. */
    SAMPLE_BYTES(
        "meta",
        64,
        0,
        3,
        4,
        16,
        176,
        260,
        true,
        DType.F32,
        "7354c2b875c1e68eaa6627b2648aba1ed3a17a2e3f362caec9e988c021846727");

    private final String type;
    private final int d;
    private final int encoder;
    private final int decoder;
    private final int heads;
    private final int dHead;
    private final int ff;
    private final int vocabulary;
    private final boolean gated;
    private final DType dtype;
    private final String sha256;

    Shape(
        String type,
        int d,
        int encoder,
        int decoder,
        int heads,
        int dHead,
        int ff,
        int vocabulary,
        boolean gated,
        DType dtype) {
      this(type, d, encoder, decoder, heads, dHead, ff, vocabulary, gated, dtype, "");
    }

    Shape(
        String type,
        int d,
        int encoder,
        int decoder,
        int heads,
        int dHead,
        int ff,
        int vocabulary,
        boolean gated,
        DType dtype,
        String sha256) {
      this.type = type;
      this.d = d;
      this.encoder = encoder;
      this.decoder = decoder;
      this.heads = heads;
      this.dHead = dHead;
      this.ff = ff;
      this.vocabulary = vocabulary;
      this.gated = gated;
      this.dtype = dtype;
      this.sha256 = sha256;
    }

    /** The file of its configuration. */
    public String configuration() {
      return type.equals("meta") ? "params.json" : "config.json";
    }

    /** Its name on the command line. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * SHA-256 of {@code model.safetensors} with {@link #SAMPLE_SEED}, from which a bundled
     * checkpoint was trained; empty where none was.
     */
    public String sha256() {
      return sha256;
    }

    private boolean sample() {
      return !sha256.isEmpty();
    }

    /** Whether this is a Llama 3.2 as it was released. */
    private boolean released() {
      return this == LLAMA_1B || this == LLAMA_3B;
    }

    private boolean tied() {
      return sample() || released();
    }

    private int keyHeads() {
      return released() ? 8 : heads / 2;
    }
  }

  /** The seed of what the bundled checkpoints were trained from. */
  public static final long SAMPLE_SEED = 42;

  private static final int CHUNK = 1 << 14;
  private static final int POSITIONS = 512;

  private final Shape shape;
  private final long seed;
  private final List<Entry> entries = new ArrayList<>();

  private RandomCheckpoint(Shape shape, long seed) {
    this.shape = shape;
    this.seed = seed;
  }

  /** Writes {@code model.safetensors} and the configuration into the folder. */
  public static void write(Shape shape, long seed, Path folder) {
    RandomCheckpoint c = new RandomCheckpoint(shape, seed);
    try {
      Disk.folder(folder);
      if (shape.type.equals("t5")) {
        c.t5();
      } else if (shape.type.equals("meta")) {
        c.meta();
      } else {
        c.llama();
      }
      Map<String, String> metadata =
          Map.of("format", "pt", "origin", "orograph make " + shape.id() + " --seed " + seed);
      SafetensorsWriter.write(folder.resolve("model.safetensors"), metadata, c.entries);
      Disk.write(folder.resolve(shape.configuration()), configuration(shape));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  /** The bytes of {@link Shape#configuration}. */
  static byte[] configuration(Shape shape) throws IOException {
    ObjectNode config = new RandomCheckpoint(shape, 0).config();
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
  }

  private ObjectNode config() {
    ObjectNode n = new ObjectMapper().createObjectNode();
    if (shape.type.equals("meta")) {
      n.put("dim", shape.d).put("n_layers", shape.decoder);
      n.put("n_heads", shape.heads).put("n_kv_heads", shape.keyHeads());
      n.put("ffn_dim", shape.ff).put("vocab_size", shape.vocabulary);
      n.put("norm_eps", 1e-5).put("rope_theta", 10000.0).put("max_seqlen", POSITIONS);
      return n;
    }
    n.put("model_type", shape.type);
    // Blocks alone have no vocabulary, which is not the same as one of 0.
    if (shape.vocabulary > 0) {
      n.put("vocab_size", shape.vocabulary);
    }
    n.put(
        "torch_dtype",
        switch (shape.dtype) {
          case F16 -> "float16";
          case BF16 -> "bfloat16";
          default -> "float32";
        });
    if (shape.type.equals("t5")) {
      n.put("d_model", shape.d).put("d_kv", shape.dHead).put("d_ff", shape.ff);
      n.put("num_layers", shape.encoder).put("num_decoder_layers", shape.decoder);
      n.put("num_heads", shape.heads);
      n.put("feed_forward_proj", shape.gated ? "gated-gelu" : "relu");
      n.put("tie_word_embeddings", true);
    } else {
      n.put("hidden_size", shape.d).put("intermediate_size", shape.ff);
      n.put("num_hidden_layers", shape.decoder).put("num_attention_heads", shape.heads);
      n.put("num_key_value_heads", shape.keyHeads()).put("head_dim", shape.dHead);
      n.put("hidden_act", "silu").put("tie_word_embeddings", shape.tied());
      if (shape.released()) {
        n.put("rms_norm_eps", 1e-5).put("rope_theta", 500000.0);
      }
    }
    if (shape.sample()) {
      tokens(n);
    }
    return n;
  }

  /** What the tokenizer of the samples and the library's defaults say. */
  private void tokens(ObjectNode n) {
    n.put("pad_token_id", 0).put("eos_token_id", 1);
    if (shape.type.equals("t5")) {
      n.putArray("architectures").add("T5ForConditionalGeneration");
      n.put("is_encoder_decoder", true).put("decoder_start_token_id", 0);
      n.put("relative_attention_num_buckets", 32).put("relative_attention_max_distance", 128);
      n.put("layer_norm_epsilon", 1e-6).put("dropout_rate", 0.0);
    } else {
      n.putArray("architectures").add("LlamaForCausalLM");
      n.put("bos_token_id", 3).put("max_position_embeddings", POSITIONS);
      n.put("rms_norm_eps", 1e-6).put("rope_theta", 10000.0);
    }
  }

  private void t5() {
    if (shape.vocabulary > 0) {
      normal("shared.weight", 1, shape.vocabulary, shape.d);
    }
    t5Stack("encoder", shape.encoder, false);
    t5Stack("decoder", shape.decoder, true);
  }

  private void t5Stack(String stack, int blocks, boolean cross) {
    for (int b = 0; b < blocks; b++) {
      String block = stack + ".block." + b + ".layer.";
      t5Attention(block + "0.SelfAttention.");
      if (b == 0) {
        normal(
            block + "0.SelfAttention.relative_attention_bias.weight",
            Math.pow(shape.d, -0.5),
            32,
            shape.heads);
      }
      ones(block + "0.layer_norm.weight");
      int last = 1;
      if (cross) {
        t5Attention(block + "1.EncDecAttention.");
        ones(block + "1.layer_norm.weight");
        last = 2;
      }
      String mlp = block + last + ".DenseReluDense.";
      double up = Math.pow(shape.d, -0.5);
      if (shape.gated) {
        normal(mlp + "wi_0.weight", up, shape.ff, shape.d);
        normal(mlp + "wi_1.weight", up, shape.ff, shape.d);
      } else {
        normal(mlp + "wi.weight", up, shape.ff, shape.d);
      }
      normal(mlp + "wo.weight", Math.pow(shape.ff, -0.5), shape.d, shape.ff);
      ones(block + last + ".layer_norm.weight");
    }
    if (blocks > 0) {
      ones(stack + ".final_layer_norm.weight");
    }
  }

  private void t5Attention(String at) {
    int inner = shape.heads * shape.dHead;
    normal(at + "q.weight", Math.pow((double) shape.d * shape.dHead, -0.5), inner, shape.d);
    normal(at + "k.weight", Math.pow(shape.d, -0.5), inner, shape.d);
    normal(at + "v.weight", Math.pow(shape.d, -0.5), inner, shape.d);
    normal(at + "o.weight", Math.pow(inner, -0.5), shape.d, inner);
  }

  private void llama() {
    decoder(
        "model.",
        "embed_tokens",
        List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj"),
        List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"),
        List.of("input_layernorm", "post_attention_layernorm"));
    if (!shape.tied()) {
      normal("lm_head.weight", 0.02, shape.vocabulary, shape.d);
    }
  }

  private void meta() {
    decoder(
        "",
        "tok_embeddings",
        List.of("attention.wq", "attention.wk", "attention.wv", "attention.wo"),
        List.of("feed_forward.w1", "feed_forward.w3", "feed_forward.w2"),
        List.of("attention_norm", "ffn_norm"));
    normal("output.weight", 0.02, shape.vocabulary, shape.d);
  }

  /**
   * Llama's embedding, blocks and last norm.
   *
   * @param attention names of q, k, v and o
   * @param mlp names of gate, up and down
   */
  private void decoder(
      String root, String embedding, List<String> attention, List<String> mlp, List<String> norms) {
    int inner = shape.heads * shape.dHead;
    int keys = shape.keyHeads() * shape.dHead;
    normal(root + embedding + ".weight", 0.02, shape.vocabulary, shape.d);
    for (int b = 0; b < shape.decoder; b++) {
      String at = root + "layers." + b + ".";
      normal(at + attention.get(0) + ".weight", 0.02, inner, shape.d);
      normal(at + attention.get(1) + ".weight", 0.02, keys, shape.d);
      normal(at + attention.get(2) + ".weight", 0.02, keys, shape.d);
      normal(at + attention.get(3) + ".weight", 0.02, shape.d, inner);
      normal(at + mlp.get(0) + ".weight", 0.02, shape.ff, shape.d);
      normal(at + mlp.get(1) + ".weight", 0.02, shape.ff, shape.d);
      normal(at + mlp.get(2) + ".weight", 0.02, shape.d, shape.ff);
      norms.forEach(name -> ones(at + name + ".weight"));
    }
    ones(root + "norm.weight");
  }

  private void ones(String name) {
    add(name, out -> fill(out, shape.d, null, 1), shape.d);
  }

  private void normal(String name, double deviation, int rows, int columns) {
    Generator generator = Generator.keyed(seed, "make", name);
    add(name, out -> fill(out, (long) rows * columns, generator, deviation), rows, columns);
  }

  private void add(String name, SafetensorsWriter.Source fill, long... sizes) {
    List<Long> dims = new ArrayList<>();
    for (long s : sizes) {
      dims.add(s);
    }
    entries.add(new Entry(name, shape.dtype, dims, fill));
  }

  private void fill(OutputStream out, long count, Generator g, double scale) throws IOException {
    int bytes = shape.dtype.bytes();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = 0; at < count; at += CHUNK) {
      int n = (int) Math.min(CHUNK, count - at);
      buffer.clear();
      for (int i = 0; i < n; i++) {
        float v = (float) (g == null ? scale : scale * g.standardNormal());
        if (bytes == 4) {
          buffer.putFloat(v);
        } else {
          buffer.putShort(shape.dtype == DType.BF16 ? toBrain(v) : toHalf(v));
        }
      }
      out.write(buffer.array(), 0, n * bytes);
    }
  }

  /** The nearest bfloat16 of a finite number, ties to even. */
  static short toBrain(float v) {
    int bits = Float.floatToRawIntBits(v);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  /** The nearest float16, ties to even. */
  static short toHalf(float v) {
    int bits = Float.floatToRawIntBits(v);
    int sign = bits >>> 16 & 0x8000;
    float a = Math.abs(v);
    if (!(a < 65520)) {
      return (short) (sign | (Float.isNaN(v) ? 0x7e00 : 0x7c00));
    }
    if (a < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(a * 0x1p24));
    }
    int magnitude = bits & 0x7fffffff;
    int rounded = magnitude + 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (rounded >>> 13) - (112 << 10));
  }
}
