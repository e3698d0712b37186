package dev.orograph.linalg;

import org.bytedeco.javacpp.DoublePointer;

/**
 * A dense float64 matrix in native memory, column-major, owned by a {@link Scope}.
 *
 * <p>Element (i, j) lies at {@code i + j * rows}.
 */
public final class Matrix {
  private final int rows;
  private final int columns;
  private final DoublePointer data;

  Matrix(int rows, int columns, DoublePointer data) {
    this.rows = rows;
    this.columns = columns;
    this.data = data;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int columns() {
    return columns;
  }

  /** Element (i, j). */
  public double get(int i, int j) {
    return data.get(index(i, j));
  }

  /** Sets element (i, j). */
  public void set(int i, int j, double value) {
    data.put(index(i, j), value);
  }

  /** Copies {@code length} doubles from {@code from} to the elements that start at (i, j). */
  public void put(int i, int j, double[] from, int offset, int length) {
    long start = (long) i + (long) j * rows;
    if (i < 0 || j < 0 || length < 0 || start + length > (long) rows * columns) {
      throw new IndexOutOfBoundsException(
          "(" + i + ", " + j + ") + " + length + " in " + rows + " x " + columns);
    }
    DoublePointer p = new DoublePointer(data).position(start);
    p.put(from, offset, length);
  }

  DoublePointer pointer() {
    return data;
  }

  private long index(int i, int j) {
    if (i < 0 || j < 0 || i >= rows || j >= columns) {
      throw new IndexOutOfBoundsException("(" + i + ", " + j + ") in " + rows + " x " + columns);
    }
    return (long) i + (long) j * rows;
  }
}
