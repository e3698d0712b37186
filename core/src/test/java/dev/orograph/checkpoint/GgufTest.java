package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that formats/make.py wrote byte by byte, and hand-made ones that break a rule. */
class GgufTest {
  @TempDir Path folder;

  /** The blocks were decoded in Python by the plain formula, one number at a time. */
  @Test
  void blocksDecodeAsThePlainFormulaDoes() {
    try (Checkpoint gguf = Checkpoint.open(Fixtures.file("blocks.gguf"));
        Checkpoint expected = Checkpoint.open(Fixtures.file("blocks.npz"))) {
      assertThat(gguf.tensors()).hasSize(9).hasSameSizeAs(expected.tensors());
      for (TensorInfo info : expected.tensors()) {
        TensorInfo own = gguf.tensor(info.name()).orElseThrow();
        assertThat(own.dtype().name()).isEqualToIgnoringCase(info.name());
        assertThat(own.shape()).isEqualTo(info.shape());
        assertThat(Fixtures.floats(gguf, own))
            .as(info.name())
            .isEqualTo(Fixtures.floats(expected, info));
        assertThat(Fixtures.doubles(gguf, info.name()))
            .isEqualTo(Fixtures.doubles(expected, info.name()));
      }
      assertThat(gguf.config()).isEmpty();
      assertThat(gguf.metadata()).isEqualTo(Map.of("general.architecture", "mamba"));
    }
  }

  @Test
  void blocksAreReadFromAnyElementOnAcrossWindowBorders() {
    try (Checkpoint gguf = Checkpoint.open(Fixtures.file("blocks.gguf"))) {
      for (String name : new String[] {"q8_0", "q4_0", "q4_1", "q5_0", "q5_1"}) {
        double[] all = Fixtures.doubles(gguf, name);
        TensorInfo info = gguf.tensor(name).orElseThrow();
        try (TensorData data = new TensorData(info, 5, closed -> {})) {
          for (int from = 0; from <= all.length; from++) {
            for (int n = 0; from + n <= all.length; n += 1 + n / 3) {
              double[] some = new double[n + 2];
              data.read(from, some, 1, n);
              assertThat(Arrays.copyOfRange(some, 1, n + 1))
                  .isEqualTo(Arrays.copyOfRange(all, from, from + n));
            }
          }
          assertThatThrownBy(() -> data.read(all.length, new double[1], 0, 1))
              .isInstanceOf(IndexOutOfBoundsException.class);
          assertThatThrownBy(() -> data.readRaw(0, new short[1], 0, 1))
              .isInstanceOf(IllegalStateException.class);
        }
      }
    }
  }

  @Test
  void partsOfBlocksAreWholeBlocks() {
    try (Checkpoint gguf = Checkpoint.open(Fixtures.file("blocks.gguf"))) {
      TensorInfo info = gguf.tensor("q5_1").orElseThrow();
      double[] all = Fixtures.doubles(gguf, "q5_1");
      TensorInfo row = info.part("row", List.of(1L, 64L), 64, 64, 64);
      assertThat(row.byteLength()).isEqualTo(2 * 24);
      double[] values = new double[64];
      try (TensorData data = gguf.map(row)) {
        data.read(0, values, 0, 64);
      }
      assertThat(values).isEqualTo(Arrays.copyOfRange(all, 64, 128));
      assertThatThrownBy(() -> info.part("odd", List.of(1L, 32L), 16, 32, 32))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> info.part("column", List.of(32L), 0, 1, 2))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> row.part("again", List.of(32L), 0, 32, 32))
          .isInstanceOf(IllegalStateException.class);
      assertThat(gguf.contentSha256(info)).hasSize(64);
    }
  }

  @Test
  void aLlamaHasTheNamesAndRowsOfTheTransformersLibrary() {
    try (Checkpoint gguf = Checkpoint.open(Fixtures.file("llama.gguf"));
        Checkpoint expected = Checkpoint.open(Fixtures.file("llama.npz"))) {
      assertThat(gguf.tensors().stream().map(TensorInfo::name))
          .containsExactlyElementsOf(expected.tensors().stream().map(TensorInfo::name).toList());
      for (TensorInfo info : expected.tensors()) {
        assertThat(Fixtures.doubles(gguf, info.name()))
            .as(info.name())
            .isEqualTo(Fixtures.doubles(expected, info.name()));
      }
      assertThat(gguf.aliases()).isEqualTo(Map.of("lm_head.weight", "model.embed_tokens.weight"));
      JsonNode config = gguf.config().orElseThrow();
      assertThat(config.path("model_type").asText()).isEqualTo("llama");
      assertThat(config.path("hidden_size").asInt()).isEqualTo(8);
      assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(1);
      assertThat(config.path("num_attention_heads").asInt()).isEqualTo(2);
      assertThat(config.path("num_key_value_heads").asInt()).isEqualTo(1);
      assertThat(config.path("intermediate_size").asInt()).isEqualTo(12);
      assertThat(config.path("vocab_size").asInt()).isEqualTo(7);
      assertThat(config.path("tie_word_embeddings").asBoolean()).isTrue();
      assertThat(gguf.configFile()).contains(Fixtures.file("llama.gguf"));
      assertThat(gguf.metadata()).containsEntry("tokenizer.ggml.tokens", "a list of 3");
    }
  }

  /** A file with one tensor {@code t}, each number of which can be set. */
  private final class Made {
    private int version = 3;
    private long tensors = 1;
    private long entries = 1;
    private byte[] metadata = entry("general.architecture", 8, text("x"));
    private byte[] name = text("t");
    private int dimensions = 2;
    private long columns = 4;
    private long rows = 2;
    private int type;
    private long offset;
    private int data = 32;
    private byte[] more = {};

    private void refused(String message) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(numbers(4, version));
      out.writeBytes(numbers(8, tensors, entries));
      out.writeBytes(metadata);
      out.writeBytes(name);
      out.writeBytes(numbers(4, dimensions));
      out.writeBytes(numbers(8, columns, rows));
      out.writeBytes(numbers(4, type));
      out.writeBytes(numbers(8, offset));
      out.writeBytes(more);
      out.writeBytes(new byte[-out.size() & 31]);
      out.writeBytes(new byte[data]);
      Path file = Files.write(folder.resolve("x.gguf"), out.toByteArray());
      assertThatThrownBy(() -> Checkpoint.open(file))
          .isInstanceOf(InputException.class)
          .hasMessage("x.gguf: " + message);
    }
  }

  private static byte[] numbers(int bytes, long... numbers) {
    ByteBuffer all = ByteBuffer.allocate(bytes * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long n : numbers) {
      if (bytes == 4) {
        all.putInt((int) n);
      } else {
        all.putLong(n);
      }
    }
    return all.array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return join(numbers(8, bytes.length), bytes);
  }

  private static byte[] entry(String key, int type, byte[] value) {
    return join(text(key), numbers(4, type), value);
  }

  @Test
  void versionsThatAreNotRead() throws IOException {
    Made made = new Made();
    made.version = 1;
    made.refused(
        "the header must be little-endian and of version 2 or 3 but has version 1:"
            + " convert it again with a current llama.cpp");
    made.version = 0x03000000;
    made.refused(
        "the header must be little-endian and of version 2 or 3 but is big-endian:"
            + " convert it again with a current llama.cpp");
  }

  @Test
  void countsThatAreTooLarge() throws IOException {
    Made made = new Made();
    made.tensors = -1;
    made.refused(
        "the header must have at most 6 tensors but says 18446744073709551615:"
            + " download it again");
    made.tensors = 1;
    made.entries = 1L << 40;
    made.refused(
        "the header must have at most 12 metadata entries but says 1099511627776:"
            + " download it again");
    made.entries = 1;
    made.dimensions = 5;
    made.refused("'t' must have at most 4 dimensions but has 5: download it again");
  }

  @Test
  void metadataThatBreakARule() throws IOException {
    Made made = new Made();
    made.metadata = entry("k", 13, new byte[0]);
    made.refused("'k' must be of type 0 to 12 but has type 13: download it again");
    made.metadata = entry("k", 8, numbers(8, 1L << 62));
    made.refused(
        "'k' must be a text of at most 16,777,216 bytes but has 4611686018427387904:"
            + " download it again");
    made.metadata = entry("k", 9, join(numbers(4, 4), numbers(8, 1L << 62)));
    made.refused(
        "'k' must be a list inside the file, at most 4 deep but has 4611686018427387904 elements"
            + " at depth 1: download it again");
    byte[] nested = new byte[0];
    for (int i = 0; i < 5; i++) {
      nested = join(nested, numbers(4, 9), numbers(8, 1));
    }
    made.metadata = entry("k", 9, nested);
    made.refused(
        "'k' must be a list inside the file, at most 4 deep but has 1 elements at depth 5:"
            + " download it again");
    byte[] one = entry("k", 7, new byte[1]);
    made.entries = 2;
    made.metadata = join(one, one);
    made.refused("'k' must be there once but is there twice: download it again");
    made.entries = 1;
    made.metadata = entry("general.alignment", 4, numbers(4, 48));
    made.refused(
        "'general.alignment' must be a power of two from 8 on but is 48: download it again");
  }

  @Test
  void tensorsThatBreakARule() throws IOException {
    Made made = new Made();
    made.type = 14;
    made.refused(
        "'t' has type Q6_K but this version reads F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, I8,"
            + " I16, I32, I64, F64, BF16: quantise the model to Q8_0, or convert it to F16");
    made.type = 8;
    made.refused(
        "'t' must have fewer than 2^63 bytes in whole blocks of 32 but has shape [2, 4]:"
            + " download it again");
    made.type = 0;
    made.rows = 1L << 62;
    made.refused(
        "'t' must have fewer than 2^63 bytes in whole blocks of 1 but has shape"
            + " [4611686018427387904, 4]: download it again");
    made.rows = -2;
    made.refused(
        "'t' must have fewer than 2^63 bytes in whole blocks of 1 but has shape [-2, 4]:"
            + " download it again");
    made.rows = 2;
    made.offset = 8;
    made.refused("'t' must begin at a multiple of 32 but begins at 8: download it again");
    made.offset = Long.MAX_VALUE - 31;
    made.refused(
        "'t' has 32 bytes from byte 128 + 9,223,372,036,854,775,776 on but the file has 160:"
            + " download it again");
    made.offset = 0;
    made.data = 31;
    made.refused("'t' has 32 bytes from byte 128 + 0 on but the file has 159: download it again");
    made.data = 32;
    made.name = text("a\u001bb");
    made.refused(
        "the name 'a\\u001bb' must be printable but holds a control character: download it again");
    made.name = text("a\u00ff");
    made.refused("a tensor's name must be UTF-8 but is not: download it again");
  }

  @Test
  void tensorsThatOverlapOrShareAName() throws IOException {
    Made made = new Made();
    made.tensors = 2;
    made.more = join(text("u"), numbers(4, 1), numbers(8, 4), numbers(4, 0), numbers(8, 0));
    made.refused(
        "'u' overlaps 't': it begins at byte 160 but the bytes before it end at 192:"
            + " download it again");
    made.data = 64;
    made.more = join(text("t"), numbers(4, 1), numbers(8, 4), numbers(4, 0), numbers(8, 32));
    made.refused("'t' must be stored once but is also in x.gguf: name one of the files");
  }

  @Test
  void aLlamaThatBreaksItsOwnNumbers() throws IOException {
    Made made = new Made();
    byte[] llama = entry("general.architecture", 8, text("llama"));
    made.metadata = llama;
    made.refused(
        "'llama.attention.head_count' should be a whole number from 1 to 65536 but it is missing:"
            + " convert the model again with a current llama.cpp");
    made.entries = 2;
    made.metadata = join(llama, entry("llama.attention.head_count", 4, numbers(4, 0)));
    made.refused(
        "'llama.attention.head_count' should be a whole number from 1 to 65536 but it is 0:"
            + " convert the model again with a current llama.cpp");
    made.metadata = join(llama, entry("llama.attention.head_count", 4, numbers(4, 2)));
    made.name = text("blk.0.attn_q.weight");
    made.refused(
        "'blk.0.attn_q.weight' should have rows for 2 heads of even width but it has shape [2, 4]:"
            + " convert the model again with a current llama.cpp");
  }

  @Test
  void queriesWhoseBlocksLieAcrossHeads() throws IOException {
    Made made = new Made();
    made.entries = 2;
    made.metadata =
        join(
            entry("general.architecture", 8, text("llama")),
            entry("llama.attention.head_count", 4, numbers(4, 2)));
    made.name = text("blk.0.attn_q.bias");
    made.dimensions = 1;
    made.columns = 32;
    // With one dimension these bytes are the type, Q8_0, and the offset.
    made.rows = 8;
    made.data = 64;
    made.refused(
        "'blk.0.attn_q.bias' should have rows for 2 heads of even width but it has blocks of 32 of"
            + " them: convert the model again with a current llama.cpp");
  }

  @Test
  void everyPrefixOfAFileIsRefusedCleanly() throws IOException {
    byte[] all = Files.readAllBytes(Fixtures.file("llama.gguf"));
    for (int n = 5; n < all.length; n += n < 1200 ? 1 : 97) {
      Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(all, n));
      assertThatThrownBy(() -> Checkpoint.open(cut))
          .as(n + " bytes")
          .isInstanceOf(InputException.class);
    }
  }
}
