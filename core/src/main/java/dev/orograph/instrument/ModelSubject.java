package dev.orograph.instrument;

import java.io.Serializable;

/**
 * A checkpoint.
 *
 * @param path folder or file
 * @param name folder or file name
 * @param fingerprint sha256 over headers and sampled bytes
 */
public record ModelSubject(String path, String name, String fingerprint)
    implements Subject, Serializable {}
