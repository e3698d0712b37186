package dev.orograph.model.forward;

/**
 * Negative log-likelihood of labels, in nats.
 *
 * @param sum over all labels that count
 * @param count how many these are
 */
public record Loss(double sum, long count) {
  /** Per label; NaN where none counts. */
  public double mean() {
    return sum / count;
  }
}
