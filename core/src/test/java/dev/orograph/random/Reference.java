package dev.orograph.random;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** Draws that NumPy made, read from {@code reference/}. */
final class Reference {
  private Reference() {}

  static JsonNode read(String name) {
    try (InputStream in = Reference.class.getResourceAsStream("/reference/" + name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<JsonNode> list(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false).toList();
  }

  static double[] doubles(JsonNode node) {
    return list(node).stream().mapToDouble(JsonNode::doubleValue).toArray();
  }

  static float[] floats(JsonNode node) {
    double[] wide = doubles(node);
    float[] values = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      values[i] = (float) wide[i];
    }
    return values;
  }

  static int[] ints(JsonNode node) {
    return list(node).stream().mapToInt(n -> (int) n.longValue()).toArray();
  }

  /** Signed or unsigned 64-bit numbers, written as numbers or as strings. */
  static long[] longs(JsonNode node) {
    return integers(node).stream().mapToLong(BigInteger::longValue).toArray();
  }

  static List<BigInteger> integers(JsonNode node) {
    List<BigInteger> values = new ArrayList<>();
    for (JsonNode entry : node) {
      values.add(new BigInteger(entry.asText()));
    }
    return values;
  }

  static String sha(double[] a) {
    return sha(a.length * 8, buffer -> Arrays.stream(a).forEach(buffer::putDouble));
  }

  static String sha(long[] a) {
    return sha(a.length * 8, buffer -> Arrays.stream(a).forEach(buffer::putLong));
  }

  static String sha(int[] a) {
    return sha(a.length * 4, buffer -> Arrays.stream(a).forEach(buffer::putInt));
  }

  static String sha(float[] a) {
    return sha(
        a.length * 4,
        buffer -> {
          for (float value : a) {
            buffer.putFloat(value);
          }
        });
  }

  static String sha(short[] a) {
    return sha(
        a.length * 2,
        buffer -> {
          for (short value : a) {
            buffer.putShort(value);
          }
        });
  }

  private static String sha(int size, Consumer<ByteBuffer> fill) {
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    fill.accept(buffer);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(buffer.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
