package dev.orograph.instrument.embedding;

import java.io.Serializable;

/**
 * Settings of the embedding map.
 *
 * @param sound whether sound figures are wanted; the seeds draw no map
 * @param seed seed of the draws
 */
public record MapSettings(boolean sound, long seed) implements Serializable {}
