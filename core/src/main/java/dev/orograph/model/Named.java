package dev.orograph.model;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which tensor has which role, by a family's names and by what the user says. */
final class Named {
  /** Names of matrices that score tokens, as against classes. */
  static final String HEADS =
      "(?s)(.*\\.)?(lm_head|output|embed_out|cls\\.predictions\\.decoder|lm_head\\.decoder"
          + "|vocab_projector|proj_out|head|unembed(ding)?|W_U)(\\.weight)?";

  private static final int LISTED = 8;

  private final Opening opening;

  Named(Opening opening) {
    this.opening = opening;
  }

  /**
   * Every weight with its role in that family.
   *
   * @param byNames whether only names say that it is of this family
   * @return empty where only names say so, and a fused tensor cannot be cut as the family does
   * @throws InputException where one cannot, and more than names say so
   */
  Optional<List<Parameter>> roles(
      Checkpoint checkpoint, Family family, ModelSpec spec, boolean byNames) {
    try {
      return Optional.of(roles(checkpoint, family, spec));
    } catch (InputException e) {
      if (byNames) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static List<Parameter> roles(Checkpoint checkpoint, Family family, ModelSpec spec) {
    List<Parameter> parameters = new ArrayList<>();
    for (TensorInfo t : checkpoint.tensors()) {
      List<Parameter> known = family.parameters(t, spec);
      parameters.addAll(known.isEmpty() ? List.of(unrecognised(t)) : known);
    }
    return parameters;
  }

  /** Every tensor without a role, but for the layer that its name tells. */
  List<Parameter> unrecognised(Checkpoint checkpoint) {
    return checkpoint.tensors().stream().map(Named::unrecognised).toList();
  }

  private static Parameter unrecognised(TensorInfo t) {
    int layer = Role.NO_LAYER;
    for (String part : t.name().split("\\.", -1)) {
      if (layer == Role.NO_LAYER && part.matches("\\d{1,6}")) {
        layer = Integer.parseInt(part);
      }
    }
    return new Parameter(t, new Role(Role.Stack.SHARED, layer, Component.OTHER), false);
  }

  /**
   * The same where the user's embedding and head are what the user says, and no others are.
   *
   * @throws InputException where there is no such matrix
   */
  List<Parameter> named(Checkpoint checkpoint, List<Parameter> parameters) {
    List<Parameter> first =
        as(checkpoint, parameters, opening.embedding(), "--embedding", Component.EMBEDDING);
    return as(checkpoint, first, opening.head(), "--head", Component.HEAD);
  }

  private static List<Parameter> as(
      Checkpoint checkpoint,
      List<Parameter> parameters,
      String name,
      String option,
      Component component) {
    if (name.isEmpty()) {
      return parameters;
    }
    String own = checkpoint.tensor(name).map(TensorInfo::name).orElse(name);
    Parameter chosen =
        parameters.stream()
            .filter(p -> p.tensor().name().equals(own))
            .filter(p -> p.tensor().rank() == 2 && p.tensor().dtype().floating())
            .findFirst()
            .orElseThrow(() -> missing(checkpoint, parameters, own, option));
    return parameters.stream()
        .map(
            p ->
                p.equals(chosen)
                    ? new Parameter(
                        p.tensor(), new Role(p.role().stack(), Role.NO_LAYER, component), false)
                    : p.role().component() == component && p.matrix() ? p.as(Component.OTHER) : p)
        .toList();
  }

  private static InputException missing(
      Checkpoint checkpoint, List<Parameter> parameters, String name, String option) {
    Optional<TensorInfo> other = checkpoint.tensor(name);
    List<String> matrices =
        parameters.stream()
            .filter(p -> p.matrix() && !p.tensor().isPart())
            .sorted((a, b) -> Long.compare(b.tensor().count(), a.tensor().count()))
            .map(p -> Text.visible(p.tensor().name(), 80))
            .toList();
    return InputException.at(checkpoint.root())
        .place(option + " " + Text.quoted(name))
        .expected("should name a matrix of floating-point numbers")
        .found(
            other.isPresent()
                ? "it is " + other.get().dtype() + " of shape " + other.get().shape()
                : "there is no such tensor")
        .remedy(
            matrices.isEmpty()
                ? "there is none"
                : "the largest are "
                    + matrices.stream().limit(LISTED).collect(Collectors.joining(", ")))
        .build();
  }
}
