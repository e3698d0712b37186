package dev.orograph.checkpoint;

import java.util.Optional;

/**
 * What the user says about how files of a checkpoint are read.
 *
 * @param key of a torch file the dictionary that holds the tensors, its keys from the top with dots
 *     between; {@code .} for the top itself; empty where the file's own shape says (see {@link
 *     StateDict})
 * @param links whether links in the folder may lead out of it: the user's own, to another disk
 */
public record Access(Optional<String> key, boolean links) {
  /** Nothing said. */
  public static final Access USUAL = new Access(Optional.empty(), false);
}
