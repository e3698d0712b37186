package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.ProtoMessage;
import dev.orograph.input.Text;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * A tensor whose elements are a repeated field of a message of protocol buffers, in the numbers of
 * variable length of that format. To be read it is decoded into a temporary file, as {@link
 * Deflated} is.
 *
 * @param field the field of the message that the stored bytes are
 * @param size bytes of a stored number, 0 where they vary
 * @param element bytes of an element
 * @param count elements
 */
public record ProtoNumbers(int field, int size, int element, long count) implements Encoded {
  private static final int BUFFER = 1 << 16;

  @Override
  public long length() {
    return count * element;
  }

  @Override
  public String stored() {
    return "numbers of a message";
  }

  /**
   * Decodes the tensor and maps it.
   *
   * @throws InputException where there are not as many numbers as were declared
   */
  MappedWindows map(TensorInfo tensor, int windowBits) {
    return MappedWindows.written(tensor.file(), windowBits, length(), out -> decode(tensor, out));
  }

  private void decode(TensorInfo tensor, OutputStream out) throws IOException {
    try (FileBytes in = FileBytes.open(tensor.file())) {
      OutputStream buffered = new BufferedOutputStream(out, BUFFER);
      long[] found = new long[1];
      ProtoMessage message = in.message(tensor.begin(), tensor.end(), Onnx.WHAT);
      while (message.next()) {
        if (message.field() == field) {
          message.numbers(
              size,
              bits -> {
                if (found[0]++ < count) {
                  put(bits, buffered);
                }
              });
        }
      }
      if (found[0] != count) {
        throw in.fault(
                Text.quoted(tensor.name()),
                "must have " + Text.grouped(count) + " elements",
                "has " + Text.grouped(found[0]))
            .build();
      }
      buffered.flush();
    }
  }

  private void put(long bits, OutputStream out) {
    try {
      for (int i = 0; i < element; i++) {
        out.write((int) (bits >>> (8 * i)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
