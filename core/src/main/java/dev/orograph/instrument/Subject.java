package dev.orograph.instrument;

import java.io.Serializable;

/** What is surveyed: a small, serializable name for it, never its content. */
public sealed interface Subject extends Serializable permits ModelSubject {
  /** Short name for people. */
  String name();

  /** Identifies the content: sha256 over headers and sampled bytes. */
  String fingerprint();
}
