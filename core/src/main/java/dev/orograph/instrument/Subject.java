package dev.orograph.instrument;

import dev.orograph.model.Opening;
import java.io.Serializable;

/**
 * A model that is surveyed: a small name for it, never its content.
 *
 * @param path folder or file, or the name of a bundled checkpoint
 * @param name of folder or file, or the bundled checkpoint's
 * @param fingerprint sha256 over headers and sampled bytes
 * @param opening what the user says about it
 */
public record Subject(String path, String name, String fingerprint, Opening opening)
    implements Serializable {
  /** A model of which nothing is said. */
  public Subject(String path, String name, String fingerprint) {
    this(path, name, fingerprint, Opening.USUAL);
  }
}
