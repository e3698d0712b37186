package dev.orograph.fuzz;

import dev.orograph.fuzz.Seed.Format;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes of a file's bytes that any format may meet. All are drawn from one generator. */
final class Edits {
  static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    7,
    8,
    31,
    32,
    33,
    64,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    1 << 20,
    Integer.MAX_VALUE,
    1L << 31,
    (1L << 32) - 1,
    1L << 32,
    1L << 53,
    Long.MAX_VALUE / 8,
    Long.MAX_VALUE / 2,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final int LONGEST = 1 << 19;

  /** Words that mean something to one format or another. */
  static final List<String> WORDS =
      List.of(
          "../outside.safetensors",
          "__metadata__",
          "weight_map",
          "F32",
          "BF16",
          "F8_E5M2",
          "U64",
          "general.alignment",
          "general.architecture",
          "llama.attention.head_count",
          "llama.attention.head_count_kv",
          "llama.rope.scaling.type",
          "blk.0.attn_q.weight",
          "blk.0.attn_q.bias",
          "blk.0.attn_k.bias",
          "token_embd.weight",
          "output.weight",
          "'<f8'",
          "'|O'",
          "'|b1'",
          "True",
          "h.0.attn.c_attn.weight",
          "gpt_neox.layers.0.attention.query_key_value.bias",
          "data.pkl",
          "onnx::MatMul_1",
          "DequantizeLinear",
          "/encoder/layer.0/attention/self/query/MatMul",
          "weights.data",
          "byteorder",
          "Precompiled",
          "ByteLevel",
          "Sequence",
          "Strip",
          "StripAccents",
          "Removed",
          "MergedWithNext",
          "Contiguous",
          "never",
          "##",
          "\u2581",
          " ",
          "<0x41>",
          "(a+)+$",
          "\\\\s+",
          "a*b",
          "\u001b[2J",
          "\0");

  private final SplittableRandom random;

  Edits(SplittableRandom random) {
    this.random = random;
  }

  /** One to six changes, each of a kind that the format knows. */
  byte[] change(Seed seed, byte[] other) {
    byte[] bytes = seed.bytes().copy();
    int changes = 1 + Integer.numberOfTrailingZeros(random.nextInt() | 32);
    for (int i = 0; i < changes; i++) {
      bytes = random.nextInt(3) == 0 ? plain(bytes, other) : known(seed.format(), bytes, other);
      if (bytes.length > LONGEST) {
        bytes = Arrays.copyOf(bytes, LONGEST);
      }
    }
    return bytes;
  }

  private byte[] known(Format format, byte[] bytes, byte[] other) {
    return switch (format) {
      case INDEX, CONFIG, TOKENIZER, TEKKEN, MODULATOR, REFERENCE, RESULTS, RUN ->
          new JsonEdits(random).change(bytes);
      case SAFETENSORS -> framed(bytes, 8, 8);
      case NPY -> array(bytes);
      case TORCH, NPZ -> new ZipEdits(random, this).change(bytes);
      case LEGACY, SENTENCEPIECE -> plain(bytes, other);
      case VOCABULARY, TIKTOKEN, WORDS, TEXT, WORDNET -> lines(bytes);
      case ONNX -> new ProtoEdits(random, this).change(bytes);
      case GGUF -> random.nextBoolean() ? counted(bytes) : plain(bytes, other);
    };
  }

  /** A change that knows nothing of the format. */
  byte[] plain(byte[] bytes, byte[] other) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    byte[] changed = bytes.clone();
    int at = place(bytes.length);
    switch (random.nextInt(9)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt();
      case 2, 3 -> number(changed, at);
      case 4 -> size(changed);
      case 5 -> changed = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 6 -> changed = twice(bytes, at);
      case 7 -> changed = without(bytes, at, span(bytes.length - at));
      default -> {
        int from = random.nextInt(other.length + 1);
        changed = join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(other, from, other.length));
      }
    }
    return changed;
  }

  /** A place; most files say what they hold at their start. */
  private int place(int length) {
    return random.nextInt(random.nextBoolean() ? length : Math.min(length, 512));
  }

  private int span(int most) {
    return random.nextInt(Math.min(most, random.nextBoolean() ? 16 : 4096) + 1);
  }

  /** Any of the numbers, or one that is near {@code old}. */
  long number(long old) {
    return switch (random.nextInt(4)) {
      case 0 -> old + random.nextInt(-2, 3);
      case 1 -> random.nextInt(48);
      case 2 -> random.nextBoolean() ? old * 2 : -old;
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }

  private void number(byte[] bytes, int at) {
    int width = 1 << random.nextInt(4);
    ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    int n = Math.min(width, bytes.length - at);
    word.put(bytes, at, n);
    long changed = number(word.getLong(0));
    word.putLong(0, random.nextInt(8) == 0 ? Long.reverseBytes(changed) : changed);
    System.arraycopy(word.array(), 0, bytes, at, n);
  }

  /** Changes a word that could be a size, an offset or a count of this file. */
  private void size(byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int attempt = 0; attempt < 64 && bytes.length > 8; attempt++) {
      int at = place(bytes.length - 7);
      boolean wide = random.nextBoolean();
      long value = wide ? file.getLong(at) : file.getInt(at);
      if (value >= 0 && value <= 2L * bytes.length) {
        long other = random.nextInt(3) == 0 ? bytes.length + random.nextInt(-1, 2) : number(value);
        if (wide) {
          file.putLong(at, other);
        } else {
          file.putInt(at, (int) other);
        }
        return;
      }
    }
  }

  private byte[] twice(byte[] bytes, int at) {
    int n = span(bytes.length - at);
    byte[] copy = Arrays.copyOfRange(bytes, at, at + n);
    return join(
        Arrays.copyOf(bytes, at + n), copy, Arrays.copyOfRange(bytes, at + n, bytes.length));
  }

  private static byte[] without(byte[] bytes, int at, int n) {
    return join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + n, bytes.length));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Lines change places, are there twice or not, and words stand in their place. */
  private byte[] lines(byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    int at = random.nextInt(lines.length);
    lines[at] =
        switch (random.nextInt(5)) {
          case 0 -> lines[random.nextInt(lines.length)];
          case 1 -> WORDS.get(random.nextInt(WORDS.size()));
          case 2 -> lines[at] + "\n" + lines[at];
          case 3 -> lines[at] + " " + lines[random.nextInt(lines.length)];
          default -> lines[at].substring(random.nextInt(lines[at].length() + 1));
        };
    return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
  }

  /** A text with its length before it is changed, and mostly the length with it. */
  private byte[] framed(byte[] bytes, int start, int width) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < start) {
      return plain(bytes, bytes);
    }
    long length = width == 8 ? file.getLong(start - 8) : file.getShort(start - 2) & 0xFFFF;
    if (length < 0 || length > bytes.length - start) {
      return plain(bytes, bytes);
    }
    byte[] text = Arrays.copyOfRange(bytes, start, start + (int) length);
    byte[] changed = width == 8 ? new JsonEdits(random).change(text) : python(text);
    byte[] before = Arrays.copyOf(bytes, start);
    if (random.nextInt(16) != 0) {
      ByteBuffer head = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
      if (width == 8) {
        head.putLong(start - 8, changed.length);
      } else {
        head.putShort(start - 2, (short) changed.length);
      }
    }
    return join(before, changed, Arrays.copyOfRange(bytes, start + text.length, bytes.length));
  }

  /** The header of an array, or its bytes. */
  byte[] array(byte[] bytes) {
    return bytes.length > 10 && bytes[6] == 1 ? framed(bytes, 10, 2) : plain(bytes, bytes);
  }

  /** A Python dictionary: digits, words and repetitions. */
  private byte[] python(byte[] text) {
    String old = new String(text, StandardCharsets.ISO_8859_1);
    int at = random.nextInt(old.length() + 1);
    while (at < old.length() && !Character.isDigit(old.charAt(at)) && random.nextInt(40) != 0) {
      at++;
    }
    int end = at;
    while (end < old.length() && Character.isDigit(old.charAt(end))) {
      end++;
    }
    String piece =
        switch (random.nextInt(5)) {
          case 0 -> WORDS.get(random.nextInt(WORDS.size()));
          case 1 -> old.substring(random.nextInt(at + 1), at);
          case 2 -> "(1,[{ ]})',:".substring(random.nextInt(12)).repeat(random.nextInt(300));
          default -> Long.toString(number(end - at > 0 && end - at < 10 ? 3 : 1));
        };
    return (old.substring(0, at) + piece + old.substring(end)).getBytes(StandardCharsets.UTF_8);
  }

  /** A text of GGUF (eight bytes of length before it) becomes another word. */
  private byte[] counted(byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int attempt = 0; attempt < 400 && bytes.length > 24; attempt++) {
      int at = random.nextInt(bytes.length - 16);
      long length = file.getLong(at);
      if (length > 2 && length < 64 && length < bytes.length - at - 8 && bytes[at + 8] > ' ') {
        byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
        byte[] size = new byte[8];
        size[0] = (byte) word.length;
        int end = at + 8 + (int) length;
        return join(
            Arrays.copyOf(bytes, at),
            size,
            word,
            Arrays.copyOfRange(bytes, end, bytes.length),
            new byte[64]);
      }
    }
    return bytes;
  }
}
