package dev.orograph.model.train;

/**
 * How a model is trained.
 *
 * @param steps steps of the optimiser
 * @param rate learning rate at its highest
 * @param warmUp steps in which it rises linearly to that
 * @param floor learning rate at the end, where a half cosine leads
 * @param beta1 of {@link dev.orograph.model.forward.AdamW}
 * @param beta2 of the same
 * @param epsilon of the same
 * @param decay of weights that are neither norms nor biases
 * @param clip the largest norm that the gradient may have; 0 for any
 * @param accumulation batches that make up one step
 * @param relative whether rates are relative to the size of each weight
 * @param held steps that have one rate, such as an epoch's; 0 where it changes with every step
 * @param slack added to the gradient's norm before it divides the clip; PyTorch's is 1e-6
 */
public record Recipe(
    long steps,
    double rate,
    long warmUp,
    double floor,
    double beta1,
    double beta2,
    double epsilon,
    double decay,
    double clip,
    int accumulation,
    boolean relative,
    long held,
    double slack) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException where one has no meaning
   */
  public Recipe {
    boolean fits =
        steps > 0
            && rate > 0
            && warmUp >= 0
            && warmUp <= steps
            && floor >= 0
            && floor <= rate
            && beta1 >= 0
            && beta1 < 1
            && beta2 >= 0
            && beta2 < 1
            && epsilon > 0
            && decay >= 0
            && clip >= 0
            && accumulation > 0
            && held >= 0
            && slack >= 0;
    if (!fits) {
      throw new IllegalArgumentException("no recipe: " + steps + " steps at " + rate);
    }
  }

  /**
   * The usual one for a small model: a twentieth of the steps to warm up, a tenth of the rate at
   * the end, moments .9 and .95, decay .1, gradients clipped at 1.
   */
  public static Recipe of(long steps, double rate) {
    return new Recipe(steps, rate, steps / 20, rate / 10, 0.9, 0.95, 1e-8, 0.1, 1, 1, false, 0, 0);
  }

  /** The same with another decay. */
  public Recipe withDecay(double other) {
    return new Recipe(
        steps,
        rate,
        warmUp,
        floor,
        beta1,
        beta2,
        epsilon,
        other,
        clip,
        accumulation,
        relative,
        held,
        slack);
  }

  /** The same with another warm-up. */
  public Recipe withWarmUp(long other) {
    return new Recipe(
        steps,
        rate,
        other,
        floor,
        beta1,
        beta2,
        epsilon,
        decay,
        clip,
        accumulation,
        relative,
        held,
        slack);
  }

  /** The same with more batches in a step. */
  public Recipe withAccumulation(int other) {
    return new Recipe(
        steps, rate, warmUp, floor, beta1, beta2, epsilon, decay, clip, other, relative, held,
        slack);
  }

  /** The same with rates that are relative to the size of each weight. */
  public Recipe withRelativeSteps() {
    return new Recipe(
        steps,
        rate,
        warmUp,
        floor,
        beta1,
        beta2,
        epsilon,
        decay,
        clip,
        accumulation,
        true,
        held,
        slack);
  }

  /** What a gradient of that norm is multiplied with: 1, or less where it is clipped. */
  public double scale(double norm) {
    return clip > 0 && norm + slack > clip ? clip / (norm + slack) : 1;
  }

  /**
   * The learning rate of a step, counted from 1: linear over the warm-up, then half a cosine to the
   * floor (Loshchilov and Hutter 2017). Where it is held, steps have the rate that the cosine has
   * where their first one begins.
   */
  public double rate(long step) {
    if (step <= warmUp) {
      return rate * step / warmUp;
    }
    long at = held == 0 ? step - warmUp : (step - 1 - warmUp) / held * held;
    double done = (double) at / (steps - warmUp);
    return floor + (rate - floor) * (1 + StrictMath.cos(Math.PI * done)) / 2;
  }
}
