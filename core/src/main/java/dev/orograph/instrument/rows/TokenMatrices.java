package dev.orograph.instrument.rows;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.instrument.Applicability;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.List;

/** The matrices of a model that have a row per token: whether there are any, and their names. */
public final class TokenMatrices {
  /** Numbers of a row beyond which it is no token's; some rows are held as Java arrays. */
  private static final long WIDEST = 1 << 17;

  private TokenMatrices() {}

  /** Whether a model has a matrix with a row per token. */
  public static Applicability applies(Model model) {
    if (model.packed().isPresent()) {
      return Applicability.not("the stored numbers are not the weights: " + model.packed().get());
    }
    if (model.tokenMatrices().isEmpty()) {
      return Applicability.not(lacking(model));
    }
    return model.tokenMatrices().stream()
        .filter(p -> p.tensor().columns() > WIDEST)
        .findFirst()
        .map(
            p ->
                Applicability.not(
                    "the rows of '"
                        + p.tensor().name()
                        + "' are too wide for tokens: "
                        + p.tensor().columns()
                        + " numbers"))
        .orElse(Applicability.applies());
  }

  private static String lacking(Model model) {
    List<TensorInfo> tensors = model.checkpoint().tensors();
    if (model.recognised()) {
      return "no matrix with a row per token";
    }
    if (!tensors.isEmpty() && tensors.stream().noneMatch(t -> t.dtype().floating())) {
      return "the tensors hold whole numbers, not floating-point ones";
    }
    if (model.parameters().stream().noneMatch(Parameter::matrix)) {
      boolean vectors = tensors.stream().allMatch(t -> t.rank() < 2);
      return vectors
          ? "there is no matrix: the tensors are one-dimensional"
          : "there is no matrix: no floating-point tensor has two dimensions";
    }
    return "the model is of no known family, which would say which matrix is the embedding;"
        + " name it with --embedding";
  }

  /** Its component, with the stack or a number where two have the same. */
  public static String id(Parameter p, List<Parameter> matrices) {
    String own = component(p);
    List<Parameter> alike = matrices.stream().filter(m -> component(m).equals(own)).toList();
    if (alike.size() == 1) {
      return own;
    }
    long sameStack = alike.stream().filter(m -> m.role().stack() == p.role().stack()).count();
    return sameStack == 1 ? p.role().stack().id() + "." + own : own + "." + alike.indexOf(p);
  }

  private static String component(Parameter p) {
    return p.role().component() == Component.OTHER ? "matrix" : p.role().component().id();
  }
}
