package dev.orograph.cli;

import dev.orograph.model.Opening;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a user can say about a model where its files do not. */
final class OpeningOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--embedding",
      paramLabel = "TENSOR",
      defaultValue = "",
      description = "The tensor with a row per token.")
  private String embedding;

  @Option(
      names = "--head",
      paramLabel = "TENSOR",
      defaultValue = "",
      description = "The tensor that scores tokens.")
  private String head;

  @Option(
      names = "--family",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Whose names the tensors have, such as llama.")
  private String family;

  @Option(
      names = "--key",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Of a torch file: the dictionary that holds the tensors; . for the outermost.")
  private String key;

  @Option(
      names = "--heads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Heads of each attention, where the configuration does not say.")
  private int heads;

  @Option(
      names = "--allow-links",
      description = "Follow links out of the folder: your own, to weights elsewhere.")
  private boolean links;

  private Opening said = Opening.USUAL;

  /** From now on what an earlier run was told counts where the user says nothing. */
  void said(Opening before) {
    said = before;
  }

  Opening opening() {
    if (heads < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--heads must be at least 1, not " + heads);
    }
    return new Opening(embedding, head, family, key, heads, links).or(said);
  }
}
