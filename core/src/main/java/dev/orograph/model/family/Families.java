package dev.orograph.model.family;

import dev.orograph.model.Family;
import java.util.List;

/** The one list of families. */
public final class Families {
  /** All of them, in the order in which they are tried. */
  public static final List<Family> ALL = List.of(new T5(), new Llama());

  private Families() {}
}
