package dev.orograph.survey;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Made;
import dev.orograph.model.BundledCheckpoint;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The models whose results are kept. */
enum GoldenModel {
  SAMPLE_T5,
  SAMPLE_BYTES,
  ODD_T5,
  GROUPED_LLAMA,
  BERT;

  /** Rows of the token matrices of the small ones. */
  private static final int VOCABULARY = 97;

  /** The name of its resource. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What a survey is asked for: a bundled name, or a folder that is made under this one. */
  Path under(Path folder) throws IOException {
    Path made = folder.resolve(id());
    return switch (this) {
      case SAMPLE_T5 -> Path.of(BundledCheckpoint.T5.id());
      case SAMPLE_BYTES -> Path.of(BundledCheckpoint.BYTES.id());
      case ODD_T5 -> words(oddT5(Files.createDirectories(made)));
      case GROUPED_LLAMA -> words(copy("llama-gqa-untied", made));
      case BERT -> words(copy("bert", made));
    };
  }

  private static Path copy(String family, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : List.of("config.json", "model.safetensors")) {
      try {
        Path from =
            Path.of(GoldenModel.class.getResource("/families/" + family + "/" + file).toURI());
        Files.copy(from, folder.resolve(file));
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
    return folder;
  }

  /** A tokenizer beside it: special pieces, digits, letters inside words and words of the seed. */
  private static Path words(Path folder) throws IOException {
    List<String> pieces = new ArrayList<>(List.of("[PAD] [UNK] [CLS] [SEP] [MASK]".split(" ")));
    Stream.iterate(0, i -> i < 10, i -> i + 1).forEach(i -> pieces.add(Integer.toString(i)));
    for (char c = 'a'; c <= 'z'; c++) {
      pieces.add(Character.toString(c));
      pieces.add("##" + c);
    }
    String words =
        "cat dog bird fish horse mouse bear wolf deer fox red blue green yellow black white orange"
            + " purple one two three four five six seven eight happy sad angry the";
    pieces.addAll(List.of(words.split(" ")));
    if (pieces.size() != VOCABULARY) {
      throw new IllegalStateException(pieces.size() + " pieces");
    }
    Files.write(folder.resolve("vocab.txt"), pieces);
    return folder;
  }

  /** Three heads of ten, six buckets, gates, a head of its own, fewer layers behind than before. */
  private static Path oddT5(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "vocab_size": 97,
         "d_model": 36, "d_kv": 10, "d_ff": 50, "num_layers": 3, "num_decoder_layers": 2,
         "num_heads": 3, "relative_attention_num_buckets": 6, "relative_attention_max_distance": 20,
         "layer_norm_epsilon": 1e-06, "feed_forward_proj": "gated-gelu", "dropout_rate": 0.0,
         "tie_word_embeddings": false, "is_encoder_decoder": true, "pad_token_id": 0,
         "eos_token_id": 3, "decoder_start_token_id": 0}
        """);
    Made made = new Made();
    matrix(made, "shared", VOCABULARY, 36);
    matrix(made, "lm_head", VOCABULARY, 36);
    for (String stack : List.of("encoder", "decoder")) {
      boolean decoder = stack.equals("decoder");
      for (int b = 0; b < (decoder ? 2 : 3); b++) {
        String layer = stack + ".block." + b + ".layer.";
        attention(made, layer + "0.SelfAttention.");
        if (b == 0) {
          matrix(made, layer + "0.SelfAttention.relative_attention_bias", 6, 3);
        }
        if (decoder) {
          attention(made, layer + "1.EncDecAttention.");
        }
        int last = decoder ? 2 : 1;
        for (String part : List.of("wi_0", "wi_1")) {
          matrix(made, layer + last + ".DenseReluDense." + part, 50, 36);
        }
        matrix(made, layer + last + ".DenseReluDense.wo", 36, 50);
        for (int l = 0; l <= last; l++) {
          norm(made, layer + l + ".layer_norm.weight");
        }
      }
      norm(made, stack + ".final_layer_norm.weight");
    }
    return made.write(folder);
  }

  private static void attention(Made made, String at) {
    for (String part : List.of("q", "k", "v")) {
      matrix(made, at + part, 30, 36);
    }
    matrix(made, at + "o", 36, 30);
  }

  /** Normal entries; half of the rows are longer, each by another factor. */
  private static void matrix(Made made, String name, int rows, int columns) {
    Generator g = Generator.keyed(5, "golden", name);
    double[] values = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      double scale = (i % 2 == 0 ? 1 : 1 + g.random()) / Math.sqrt(columns);
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = (float) (scale * g.standardNormal());
      }
    }
    made.add(name + ".weight", DType.F32, values, rows, columns);
  }

  private static void norm(Made made, String name) {
    Generator g = Generator.keyed(5, "golden", name);
    double[] values = new double[36];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.5 + g.random());
    }
    made.add(name, DType.F32, values, values.length);
  }
}
