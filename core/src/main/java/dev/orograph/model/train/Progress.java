package dev.orograph.model.train;

import java.time.Duration;

/**
 * What one step did.
 *
 * @param step its number, from 1
 * @param of how many there are
 * @param loss mean negative log-likelihood per label in nats, before the step
 * @param rate learning rate
 * @param norm Euclidean norm of the gradient before it was clipped
 * @param tokensPerSecond positions read per second, without padding, since this run began
 * @param left time that the remaining steps will take at this pace
 */
public record Progress(
    long step,
    long of,
    double loss,
    double rate,
    double norm,
    double tokensPerSecond,
    Duration left) {}
