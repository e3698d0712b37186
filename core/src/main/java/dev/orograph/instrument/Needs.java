package dev.orograph.instrument;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.design.AskedWeights;
import dev.orograph.model.design.Design;
import dev.orograph.model.design.StackDesign;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What an analysis needs.
 *
 * @param models how many models it takes at once
 * @param each what each of them must have
 * @param lacking what models without any task lack, "no ..."
 * @param base whether one more may be given, the model that the first was made from
 */
public record Needs(int models, List<Need> each, String lacking, boolean base) {
  /** Numbers of a row beyond which it is no token's; some rows are held as Java arrays. */
  private static final long WIDEST = 1 << 17;

  /** Needs of one model. */
  public static Needs oneModel(Need... each) {
    return new Needs(1, List.of(each), "nothing to measure", false);
  }

  /** Needs of two models. */
  public static Needs twoModels(Need... each) {
    return new Needs(2, List.of(each), "nothing to measure", false);
  }

  /** The same, with what a model without any task is said to lack. */
  public Needs orLacks(String what) {
    return new Needs(models, each, what, base);
  }

  /** The same where the model that it was made from may be given too. */
  public Needs orWithBase() {
    return new Needs(models, each, lacking, true);
  }

  /** Whether measuring takes a forward pass, whose last digits libtorch's kernels decide. */
  public boolean pass() {
    return each.contains(Need.TEXT_PASS) || each.contains(Need.TEXT_PASS_OR_ROWS);
  }

  /** What an analysis with these needs is about. */
  public String group() {
    return pass() || each.contains(Need.PASS)
        ? "Behaviour"
        : each.contains(Need.TOKEN_MATRIX) ? "Embedding" : "Weights";
  }

  /** In words, for {@code list}. */
  public String words() {
    String models = this.models == 1 ? "a model with " : this.models + " models with ";
    String more = base ? "; its base may be given too" : "";
    return models + each.stream().map(n -> n.words).collect(Collectors.joining(", ")) + more;
  }

  /** Why the models do not serve, or empty. */
  public Optional<String> unmet(Work work) {
    if (work.models() != models && !(base && work.models() == models + 1)) {
      return Optional.of(
          "it takes "
              + (models == 1 ? "one model" : models + " models")
              + ", and "
              + work.models()
              + (work.models() == 1 ? " is given" : " are given"));
    }
    for (int i = 0; i < work.models(); i++) {
      for (Need need : each) {
        Optional<String> why = need.unmet(work.model(i));
        if (why.isPresent()) {
          String of = work.models() == 1 ? "" : work.model(i).name() + ": ";
          return why.map(w -> of + w);
        }
      }
    }
    return Optional.empty();
  }

  /** Something that a model must have. */
  public enum Need {
    /** Stored numbers that are its weights. */
    PLAIN_WEIGHTS("weights that are stored plainly") {
      @Override
      Optional<String> unmet(Model model) {
        return model.packed().map(why -> "the stored numbers are not the weights: " + why);
      }
    },
    /** A family that says what each tensor does. */
    KNOWN_FAMILY("a known family") {
      @Override
      Optional<String> unmet(Model model) {
        return model.recognised()
            ? Optional.empty()
            : Optional.of("the model is of no known family, which would say what is what");
      }
    },
    /** A matrix with a row per token. */
    TOKEN_MATRIX("a matrix with a row per token") {
      @Override
      Optional<String> unmet(Model model) {
        if (model.tokenMatrices().isEmpty()) {
          return Optional.of(noTokenMatrix(model));
        }
        return model.tokenMatrices().stream()
            .map(Parameter::tensor)
            .filter(t -> t.columns() > WIDEST)
            .findFirst()
            .map(
                t ->
                    "the rows of '"
                        + t.name()
                        + "' are too wide for tokens: "
                        + t.columns()
                        + " numbers");
      }
    },
    /** A tokenizer. */
    TOKENIZER("a tokenizer") {
      @Override
      Optional<String> unmet(Model model) {
        return model.whyNoTokenizer();
      }
    },
    /** A forward pass, of token ids or images. */
    PASS("a forward pass") {
      @Override
      Optional<String> unmet(Model model) {
        return noPass(model, false);
      }
    },
    /** A forward pass that reads token ids. */
    TEXT_PASS("a forward pass that reads token ids") {
      @Override
      Optional<String> unmet(Model model) {
        return noPass(model, true);
      }
    },
    /** A forward pass that reads token ids, or a matrix whose rows are as good as states. */
    TEXT_PASS_OR_ROWS("a forward pass that reads token ids, or a matrix") {
      @Override
      Optional<String> unmet(Model model) {
        boolean rows =
            model.checkpoint().tensors().stream()
                .anyMatch(t -> t.rank() == 2 && t.dtype().floating());
        return rows ? Optional.empty() : noPass(model, true);
      }
    };

    private final String words;

    Need(String words) {
      this.words = words;
    }

    /** Why that model does not have it, or empty. */
    abstract Optional<String> unmet(Model model);

    private static String noTokenMatrix(Model model) {
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

    private static Optional<String> noPass(Model model, boolean ids) {
      if (!model.recognised()) {
        return Optional.of("the model is of no known family, so there is no forward pass");
      }
      Optional<Design> design;
      try {
        design = model.design();
      } catch (InputException e) {
        return Optional.of("there is no forward pass for it: " + e.getMessage());
      }
      if (design.isEmpty()) {
        return Optional.of(
            "there is no forward pass for family '" + model.spec().family() + "' yet");
      }
      for (StackDesign s : design.get().stacks()) {
        if (ids && s.entry().image() != null) {
          return Optional.of("the model reads images, not token ids");
        }
        if (s.shape().layers() < 1
            || s.shape().heads() < 1
            || s.shape().dModel() < s.shape().heads()) {
          return Optional.of(
              "the configuration does not say how many layers and heads the "
                  + s.shape().stack().id()
                  + " has");
        }
      }
      try {
        AskedWeights.check(model, design.get());
      } catch (InputException e) {
        return Optional.of("there is no forward pass for it: " + e.getMessage());
      }
      return Optional.empty();
    }
  }
}
