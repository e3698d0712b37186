package dev.orograph.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.design.Design;
import dev.orograph.model.family.Families;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An open checkpoint that knows what its parameters are: family, spec, and a role for each tensor.
 * A model of no known family is a list of matrices, grouped by name.
 */
public final class Model implements AutoCloseable {
  private static final List<String> PACKED =
      List.of(".qweight", ".qzeros", ".g_idx", ".SCB", "_scale_inv", ".weight_scale", ".absmax");

  private static final Set<Component> TOKENS = Set.of(Component.EMBEDDING, Component.HEAD);

  private final Optional<BundledCheckpoint> bundled;
  private final Checkpoint checkpoint;
  private final ModelSpec spec;
  private final List<Parameter> parameters;
  private final Supplier<Optional<Design>> design;

  /** Opened when first asked for; what was wrong with it is kept, not the model's fault. */
  private Optional<Tokenizer> tokenizer;

  private InputException tokenizerFault;
  private boolean closed;

  private Model(
      Optional<BundledCheckpoint> bundled,
      Checkpoint checkpoint,
      ModelSpec spec,
      List<Parameter> parameters,
      Supplier<Optional<Design>> design) {
    this.bundled = bundled;
    this.checkpoint = checkpoint;
    this.spec = spec;
    this.parameters = parameters;
    this.design = design;
  }

  /**
   * Opens a checkpoint and recognises its family.
   *
   * @param path a folder or a file, a name that the Hugging Face cache has, or that of a {@link
   *     BundledCheckpoint}
   * @throws dev.orograph.input.InputException where the input is at fault
   */
  public static Model open(Path path) {
    Optional<BundledCheckpoint> bundled = BundledCheckpoint.of(path);
    Checkpoint checkpoint = Checkpoint.open(bundled.map(BundledCheckpoint::locate).orElse(path));
    try {
      Path named = checkpoint.configFile().orElse(checkpoint.root());
      Optional<Config> given = checkpoint.config().map(c -> new Config(c, named));
      Optional<Family> family = recognise(checkpoint, given);
      // What an exported graph tells in place of a configuration names no model.
      boolean told =
          given.isPresent()
              && (!checkpoint.files().contains(named)
                  || !given.get().text("", "model_type").isEmpty());
      Optional<Config> config =
          told ? given : family.map(f -> new Config(deduced(f, checkpoint), named)).or(() -> given);
      ModelSpec spec =
          family.map(f -> f.spec(config.orElse(Config.none()))).orElse(ModelSpec.none());
      List<Parameter> parameters = new ArrayList<>();
      for (TensorInfo t : checkpoint.tensors()) {
        List<Parameter> known = family.map(f -> f.parameters(t, spec)).orElse(List.of());
        parameters.addAll(known.isEmpty() ? List.of(unrecognised(t)) : known);
      }
      Optional<Design> noDesign = Optional.empty();
      Supplier<Optional<Design>> design =
          () ->
              family
                  .map(
                      f -> {
                        if (!told) {
                          DeducedConfig.require(f, config.orElse(Config.none()), checkpoint);
                        }
                        return f.design(config.orElse(Config.none()));
                      })
                  .orElse(noDesign);
      return new Model(bundled, checkpoint, spec, List.copyOf(parameters), design);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static ObjectNode deduced(Family family, Checkpoint checkpoint) {
    ObjectNode known =
        checkpoint
            .config()
            .filter(JsonNode::isObject)
            .map(ObjectNode.class::cast)
            .orElseGet(JsonNodeFactory.instance::objectNode);
    DeducedConfig.complete(known, family, checkpoint);
    return known;
  }

  private static Optional<Family> recognise(Checkpoint checkpoint, Optional<Config> config) {
    if (checkpoint.adapter()) {
      return Optional.empty();
    }
    String type = config.map(c -> c.text("", "model_type")).orElse("");
    if (!type.isEmpty()) {
      return Families.ALL.stream().filter(f -> f.modelTypes().contains(type)).findFirst();
    }
    List<String> names = checkpoint.tensors().stream().map(TensorInfo::name).toList();
    return Families.ALL.stream().filter(f -> f.recognises(names)).findFirst();
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

  /** Which of the bundled checkpoints it is, where it was opened by such a name. */
  public Optional<BundledCheckpoint> bundled() {
    return bundled;
  }

  /** What it is called: the bundled checkpoint's name, or {@link Checkpoint#name}. */
  public String name() {
    return bundled.map(BundledCheckpoint::id).orElse(checkpoint.name());
  }

  /** The same, safe as a file name. */
  public String fileName() {
    return name().replace(':', '_');
  }

  /** The open checkpoint. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** What the configuration says. */
  public ModelSpec spec() {
    return spec;
  }

  /**
   * What its forward pass computes; empty where there is none for its family yet. Read from the
   * configuration when it is asked for, so that an analysis of weights does not stumble over it.
   *
   * @throws dev.orograph.input.InputException where the configuration asks for what is not known
   */
  public Optional<Design> design() {
    return design.get();
  }

  /**
   * Every weight with its role, in natural order of the stored names; the parts of a tensor that
   * holds several follow each other.
   */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** The weight of that name (of a part: with its brackets), through aliases. */
  public Optional<Parameter> parameter(String name) {
    String own = checkpoint.tensor(name).map(TensorInfo::name).orElse(name);
    return parameters.stream().filter(p -> p.tensor().name().equals(own)).findFirst();
  }

  /**
   * The tokenizer beside the weights; closed with the model.
   *
   * @return empty where there is none
   * @throws InputException where one is there and at fault, at every call
   */
  public synchronized Optional<Tokenizer> tokenizer() {
    if (closed) {
      throw new IllegalStateException("model " + checkpoint.name() + " is closed");
    }
    if (tokenizer == null && tokenizerFault == null) {
      try {
        tokenizer = Tokenizer.beside(checkpoint.root());
      } catch (InputException e) {
        tokenizerFault = e;
      }
    }
    if (tokenizerFault != null) {
      throw tokenizerFault;
    }
    return tokenizer;
  }

  /** Why there is no tokenizer to use, in words; empty where there is one. */
  public Optional<String> whyNoTokenizer() {
    try {
      return tokenizer().isPresent()
          ? Optional.empty()
          : Optional.of("no tokenizer lies beside the weights");
    } catch (InputException e) {
      return Optional.of("its tokenizer is at fault: " + e.getMessage());
    }
  }

  /**
   * The matrices with a row per token, {@code (vocabulary, dModel)}, in stored order: embeddings
   * and heads that are not tied to one. Tables with fewer rows (token types, classes) are none. Of
   * a model of no known family its only matrix, if it has just one.
   */
  public List<Parameter> tokenMatrices() {
    if (!recognised()) {
      List<Parameter> matrices = parameters.stream().filter(Parameter::matrix).toList();
      return matrices.size() == 1 ? matrices : List.of();
    }
    List<Parameter> tables =
        parameters.stream()
            .filter(Parameter::matrix)
            .filter(p -> !p.transposed() && TOKENS.contains(p.role().component()))
            .toList();
    List<Parameter> embeddings =
        tables.stream().filter(p -> p.role().component() == Component.EMBEDDING).toList();
    long most =
        (embeddings.isEmpty() ? tables : embeddings)
            .stream().mapToLong(p -> p.tensor().rows()).max().orElse(0);
    return tables.stream().filter(p -> p.tensor().rows() == most).toList();
  }

  /** Number of stored weights: numbers of floating-point type that are no mask or table. */
  public long count() {
    return parameters.stream().filter(Parameter::weight).mapToLong(p -> p.tensor().count()).sum();
  }

  /** Whether any known family fits. */
  public boolean recognised() {
    return spec != null && !spec.family().equals(ModelSpec.none().family());
  }

  /** The declared {@code model_type}, or "". */
  public String declaredType() {
    return checkpoint
        .config()
        .map(c -> c.path("model_type"))
        .filter(JsonNode::isTextual)
        .map(JsonNode::textValue)
        .orElse("");
  }

  /**
   * Why the stored numbers are not the weights (packed integers, scales beside them), or empty. An
   * analysis of weights must not take them for plain numbers.
   */
  public Optional<String> packed() {
    if (checkpoint.config().map(c -> c.hasNonNull("quantization_config")).orElse(false)) {
      String method =
          checkpoint
              .config()
              .map(c -> c.path("quantization_config").path("quant_method").asText("unnamed"))
              .orElse("unnamed");
      return Optional.of("the configuration has 'quantization_config' (" + method + ")");
    }
    for (Parameter p : parameters) {
      for (String ending : PACKED) {
        if (p.tensor().name().endsWith(ending)) {
          return Optional.of("tensor '" + p.tensor().name() + "' belongs to packed weights");
        }
      }
    }
    return Optional.empty();
  }

  /** Declared aliases (tied weights): name to stored tensor. */
  public Map<String, String> aliases() {
    return checkpoint.aliases();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (tokenizer != null) {
      tokenizer.ifPresent(Tokenizer::close);
    }
    checkpoint.close();
  }
}
