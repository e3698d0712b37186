package dev.orograph.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Elements of the block types of GGUF, decoded to the float32 that ggml gives. A block begins with
 * its scale d as binary16, of Q4_1 and Q5_1 followed by an offset m as binary16. Then, of Q5_0 and
 * Q5_1, 4 bytes hold the fifth bits, element i in bit i. Then the numbers q: a signed byte each
 * (Q8_0), or 4 bits each, the first 16 elements in the lower halves of 16 bytes and the others in
 * the upper halves. Source: ggml, {@code dequantize_row_q8_0} and its kin in {@code ggml-quants.c}.
 */
final class Blocks {
  private Blocks() {}

  /**
   * Decodes elements {@code skip} to {@code skip + n} of blocks that lie one after the other.
   *
   * @param into where they go
   * @param to index in {@code into} of the first
   */
  static void decode(DType dtype, byte[] raw, int skip, int n, float[] into, int to) {
    ByteBuffer blocks = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    boolean offset = dtype == DType.Q4_1 || dtype == DType.Q5_1;
    boolean fifth = dtype == DType.Q5_0 || dtype == DType.Q5_1;
    int zero = dtype == DType.Q4_0 ? 8 : dtype == DType.Q5_0 ? 16 : 0;
    int head = (offset ? 4 : 2) + (fifth ? 4 : 0);
    for (int done = 0; done < n; ) {
      int at = (skip + done) / dtype.block() * dtype.bytes();
      int first = (skip + done) % dtype.block();
      int last = Math.min(dtype.block(), first + n - done);
      float d = SmallFloat.binary16(blocks.getShort(at));
      float m = offset ? SmallFloat.binary16(blocks.getShort(at + 2)) : 0;
      int high = fifth ? blocks.getInt(at + head - 4) : 0;
      for (int i = first; i < last; i++) {
        if (dtype == DType.Q8_0) {
          into[to + done] = d * raw[at + head + i];
        } else {
          int q = (raw[at + head + i % 16] >> (i < 16 ? 0 : 4)) & 0xF;
          q |= (high >>> i & 1) << 4;
          // A product of binary16 and 5 bits is exact, so only the sum is rounded.
          into[to + done] = offset ? d * q + m : d * (q - zero);
        }
        done++;
      }
    }
  }
}
