package dev.orograph.instrument;

import java.io.Serializable;

/**
 * A model that is surveyed: a small name for it, never its content.
 *
 * @param path folder or file, or the name of a bundled checkpoint
 * @param name of folder or file, or the bundled checkpoint's
 * @param fingerprint sha256 over headers and sampled bytes
 */
public record Subject(String path, String name, String fingerprint) implements Serializable {}
