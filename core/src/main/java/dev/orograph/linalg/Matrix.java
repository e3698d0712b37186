package dev.orograph.linalg;

import static org.bytedeco.openblas.global.openblas.CblasColMajor;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;

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

  /** The product of this and another matrix; inside of {@link Lapack#with}. */
  public Matrix times(Matrix other, Scope scope) {
    return product(CblasNoTrans, other, other.columns, scope);
  }

  /** The product of this and the transpose of another matrix; inside of {@link Lapack#with}. */
  public Matrix timesTransposed(Matrix other, Scope scope) {
    return product(CblasTrans, other, other.rows, scope);
  }

  private Matrix product(int theirs, Matrix other, int n, Scope scope) {
    if (columns != (theirs == CblasTrans ? other.columns : other.rows)) {
      throw new IllegalArgumentException(
          rows + " x " + columns + " and " + other.rows + " x " + other.columns);
    }
    Matrix c = scope.matrix(rows, n);
    cblas_dgemm(
        CblasColMajor,
        CblasNoTrans,
        theirs,
        rows,
        n,
        columns,
        1,
        data,
        Math.max(1, rows),
        other.data,
        Math.max(1, other.rows),
        0,
        c.data,
        Math.max(1, rows));
    return c;
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
