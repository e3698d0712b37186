package dev.orograph.linalg;

import org.bytedeco.javacpp.FloatPointer;

/** Rows of float32 in native memory, of any number, owned by a {@link Scope}. */
public final class FloatRows implements Entries {
  private static final int CHUNK = 1 << 12;

  private final int rows;
  private final int columns;
  private final FloatPointer data;

  /** Rows that hold nothing yet. */
  public FloatRows(int rows, int columns, Scope scope) {
    this.rows = rows;
    this.columns = columns;
    data = scope.floats((long) rows * columns);
  }

  /** Sets a row. */
  public void put(int row, float[] values) {
    if (row < 0 || row >= rows || values.length != columns) {
      throw new IndexOutOfBoundsException(
          "row " + row + " of " + values.length + " in " + rows + " x " + columns);
    }
    new FloatPointer(data).position((long) row * columns).put(values, 0, columns);
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public long columns() {
    return columns;
  }

  @Override
  public void read(long from, double[] into, int offset, int length) {
    if (from < 0 || length < 0 || from + length > (long) rows * columns) {
      throw new IndexOutOfBoundsException(from + " + " + length + " in " + rows + " x " + columns);
    }
    float[] chunk = new float[Math.min(length, CHUNK)];
    for (int done = 0; done < length; done += chunk.length) {
      int n = Math.min(chunk.length, length - done);
      new FloatPointer(data).position(from + done).get(chunk, 0, n);
      for (int i = 0; i < n; i++) {
        into[offset + done + i] = chunk[i];
      }
    }
  }
}
