package dev.orograph.samples;

import java.util.List;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param contests the model beside baselines
 * @param loss mean negative log-likelihood in nats per token of the entries that training measured
 *     with, by the stored weights
 * @param facts counts by name
 * @param methods how it was measured, in sentences
 * @param limits what follows about the model from the numbers, in sentences
 */
record Findings(
    List<Contest> contests,
    double loss,
    Map<String, Number> facts,
    List<String> methods,
    List<String> limits) {}
