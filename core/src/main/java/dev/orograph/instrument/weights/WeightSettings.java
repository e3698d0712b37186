package dev.orograph.instrument.weights;

import java.io.Serializable;

/**
 * Settings of the analyses of the weights.
 *
 * @param sound whether to give the sound figures and the null
 */
public record WeightSettings(boolean sound) implements Serializable {}
