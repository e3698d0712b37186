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

  /** Its first {@code count} columns, in the same memory. */
  public Matrix columns(int count) {
    at(0, 0, Math.multiplyExact(rows, count));
    return new Matrix(rows, count, data);
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
    at(i, j, length).put(from, offset, length);
  }

  /** Copies {@code length} elements that start at (i, j) and run down its columns. */
  public void get(int i, int j, double[] into, int offset, int length) {
    at(i, j, length).get(into, offset, length);
  }

  /** A pointer to (i, j), from which {@code length} elements may be touched. */
  DoublePointer at(int i, int j, int length) {
    long start = (long) i + (long) j * rows;
    if (i < 0 || j < 0 || length < 0 || start + length > (long) rows * columns) {
      throw new IndexOutOfBoundsException(
          "(" + i + ", " + j + ") + " + length + " in " + rows + " x " + columns);
    }
    return new DoublePointer(data).position(start);
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
