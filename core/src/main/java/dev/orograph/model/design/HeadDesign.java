package dev.orograph.model.design;

/**
 * From the last state to a score for each token: scale W h + b.
 *
 * @param table the last part of the stored name of W, without {@code .weight}
 * @param tied whether W is the table of token vectors
 * @param biased whether there is a b
 * @param scale what the state is multiplied with
 */
public record HeadDesign(String table, boolean tied, boolean biased, double scale) {
  /** The same with another scale. */
  public HeadDesign withScale(double other) {
    return new HeadDesign(table, tied, biased, other);
  }
}
