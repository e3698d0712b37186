package dev.orograph.model.design;

import dev.orograph.model.Config;

/** The non-linearity of an MLP. */
public enum Activation {
  /** max(0, x). */
  RELU("relu", "relu"),
  /** x Phi(x), by the error function. */
  GELU("gelu", "gelu"),
  /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
  GELU_TANH("gelu_new", "gelu_pytorch_tanh"),
  /** x sigmoid(1.702 x). */
  QUICK_GELU("quick_gelu", "quick_gelu"),
  /** x sigmoid(x). */
  SILU("silu", "swish");

  private final String name;
  private final String alias;

  Activation(String name, String alias) {
    this.name = name;
    this.alias = alias;
  }

  /**
   * The one that the configuration names.
   *
   * @param c the configuration
   * @param key its key
   * @param otherwise the name where it has none
   * @throws dev.orograph.input.InputException for a name that is not known
   */
  public static Activation of(Config c, String key, String otherwise) {
    return named(c, key, c.text(otherwise, key));
  }

  /** The one of that name, which stands under that key. */
  public static Activation named(Config c, String key, String name) {
    for (Activation a : values()) {
      if (a.name.equals(name) || a.alias.equals(name)) {
        return a;
      }
    }
    throw c.unsupported(key);
  }
}
