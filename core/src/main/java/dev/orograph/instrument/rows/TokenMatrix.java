package dev.orograph.instrument.rows;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.model.Component;
import dev.orograph.model.Parameter;
import java.io.Serializable;
import java.util.List;

/**
 * A matrix that has a row per token.
 *
 * @param tensor full name
 * @param id short name in ids: "embedding", "head", with the stack in front where two share it
 * @param part which part of the work on it; "" where there is one only
 * @param index position among the matrices
 * @param rows tokens V
 * @param columns dimensions d
 */
public record TokenMatrix(String tensor, String id, String part, int index, int rows, int columns)
    implements Serializable {
  /** The matrix. */
  public static TokenMatrix of(Parameter p, String id, String part, int index) {
    return new TokenMatrix(
        p.tensor().name(),
        id,
        part,
        index,
        Math.toIntExact(p.tensor().rows()),
        Math.toIntExact(p.tensor().columns()));
  }

  /** A task about a matrix, one part of it or all. */
  public static Task<TokenMatrix> task(
      Parameter p, TokenMatrix m, double work, long bytes, int nativeThreads) {
    return new Task<>(
        m.part.isEmpty() ? m.tensor : m.tensor + ": " + m.part,
        new Place(p.role().stack().id(), p.group(), p.role().layer()),
        Math.max(1, work),
        bytes,
        nativeThreads,
        m);
  }

  /** Its component, with the stack or a number where two have the same. */
  public static String id(Parameter p, List<Parameter> matrices) {
    String own = component(p);
    List<Parameter> alike = matrices.stream().filter(m -> component(m).equals(own)).toList();
    if (alike.size() == 1) {
      return own;
    }
    long sameStack = alike.stream().filter(m -> m.role().stack() == p.role().stack()).count();
    return sameStack == 1 ? p.role().stack().id() + "." + own : own + "." + alike.indexOf(p);
  }

  private static String component(Parameter p) {
    return p.role().component() == Component.OTHER ? "matrix" : p.role().component().id();
  }

  /** What it is called in sentences. */
  public String name() {
    return id.replace('_', ' ').replace('.', ' ');
  }
}
