package dev.orograph.instrument.alignment;

import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.linalg.FloatRows;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.linalg.RowProducts;
import dev.orograph.linalg.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A vector for each of some words, in native memory, under one way to read a word. */
public final class Vectors {
  /** What the seed adds to a norm before it divides by it. */
  static final double FLOOR = 1e-8;

  private final String name;
  private final FloatRows rows;
  private final int count;
  private final int width;
  private final double[] norms;

  /** Room for so many vectors. */
  public Vectors(String name, int count, int width, Scope scope) {
    this.name = name;
    this.count = count;
    this.width = width;
    rows = new FloatRows(count, width, scope);
    norms = new double[count];
  }

  String name() {
    return name;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Numbers of a vector. */
  public int width() {
    return width;
  }

  /** Sets a vector, rounded to float32. */
  public void put(int i, double[] vector) {
    float[] narrow = new float[width];
    double sum = 0;
    for (int k = 0; k < width; k++) {
      narrow[k] = (float) vector[k];
      sum += (double) narrow[k] * narrow[k];
    }
    norms[i] = Math.sqrt(sum);
    rows.put(i, narrow);
  }

  /** The Euclidean norm of a vector. */
  public double norm(int i) {
    return norms[i];
  }

  /** A vector. */
  public double[] get(int i) {
    double[] vector = new double[width];
    rows.read((long) i * width, vector, 0, width);
    return vector;
  }

  /** The vector over its norm plus {@link #FLOOR}. */
  public double[] unit(int i) {
    double[] vector = get(i);
    for (int k = 0; k < width; k++) {
      vector[k] /= norms[i] + FLOOR;
    }
    return vector;
  }

  /** All of them as an array {@code (words, width)}, written row by row. */
  Entry entry() {
    return new Entry(
        name.replace(' ', '_'),
        DType.F32,
        List.of((long) count, (long) width),
        out -> {
          ByteBuffer row = ByteBuffer.allocate(Float.BYTES * width).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < count; i++) {
            row.clear();
            for (double v : get(i)) {
              row.putFloat((float) v);
            }
            out.write(row.array());
          }
        });
  }

  double cosine(int i, int j) {
    return InnerProduct.of(unit(i), unit(j));
  }

  /** Cosines of some words with each other, {@code (n, n)}. */
  public float[] cosines(int[] which) {
    int n = which.length;
    float[] all = new float[n * n];
    RowProducts.visit(
        n,
        width,
        (i, into) -> {
          double[] unit = unit(which[i]);
          for (int k = 0; k < width; k++) {
            into[k] = (float) unit[k];
          }
        },
        (first, many, other, others, products) -> {
          for (int i = 0; i < many; i++) {
            for (int j = 0; j < others; j++) {
              float v = products[i * others + j];
              all[(first + i) * n + other + j] = v;
              all[(other + j) * n + first + i] = v;
            }
          }
        });
    return all;
  }
}
