package dev.orograph.model;

import dev.orograph.checkpoint.Access;
import java.io.Serializable;
import java.util.Optional;

/**
 * What the user says about a model where its files do not: part of the key of a run.
 *
 * @param embedding the tensor with a row per token; "" for what the files say
 * @param head the tensor that scores tokens; "" for what the files say
 * @param family whose names the tensors have: a family's name or a {@code model_type}; "" for what
 *     the files say
 * @param key of a torch file the dictionary that holds the tensors; "" for what its shape says
 * @param heads heads of each attention; 0 for what the configuration says
 * @param allowLinks whether links in the folder may lead out of it
 */
public record Opening(
    String embedding, String head, String family, String key, int heads, boolean allowLinks)
    implements Serializable {
  /** Nothing said. */
  public static final Opening USUAL = new Opening("", "", "", "", 0, false);

  /** Checks the number of heads. */
  public Opening {
    if (heads < 0) {
      throw new IllegalArgumentException(heads + " heads");
    }
  }

  /** The same with that embedding. */
  public Opening withEmbedding(String tensor) {
    return new Opening(tensor, head, family, key, heads, allowLinks);
  }

  /** The same with that head. */
  public Opening withHead(String tensor) {
    return new Opening(embedding, tensor, family, key, heads, allowLinks);
  }

  /** The same with that family's names. */
  public Opening withFamily(String name) {
    return new Opening(embedding, head, name, key, heads, allowLinks);
  }

  /** The same with the tensors under that key. */
  public Opening withKey(String path) {
    return new Opening(embedding, head, family, path, heads, allowLinks);
  }

  /** The same with that many heads. */
  public Opening withHeads(int count) {
    return new Opening(embedding, head, family, key, count, allowLinks);
  }

  /** The same where links may lead out of the folder. */
  public Opening withLinks() {
    return new Opening(embedding, head, family, key, heads, true);
  }

  /** The same, with what another says where this one says nothing; links are not among it. */
  public Opening or(Opening other) {
    return new Opening(
        embedding.isEmpty() ? other.embedding : embedding,
        head.isEmpty() ? other.head : head,
        family.isEmpty() ? other.family : family,
        key.isEmpty() ? other.key : key,
        heads == 0 ? other.heads : heads,
        allowLinks);
  }

  Access access() {
    return new Access(key.isEmpty() ? Optional.empty() : Optional.of(key), allowLinks);
  }
}
