package dev.orograph.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.design.Design;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.HashMap;
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
  private static final Set<Component> TOKENS = Set.of(Component.EMBEDDING, Component.HEAD);

  private final Optional<BundledCheckpoint> bundled;
  private final Checkpoint checkpoint;
  private final Opening opening;
  private final String declared;
  private final ModelSpec spec;
  private final List<Parameter> parameters;
  private final Map<String, Parameter> byName;
  private final Packing packing;
  private final Optional<Family> family;
  private final Supplier<Optional<Design>> design;

  /** Opened when first asked for; what was wrong with it is kept, not the model's fault. */
  private Optional<Tokenizer> tokenizer;

  private InputException tokenizerFault;
  private boolean closed;

  private Model(
      Optional<BundledCheckpoint> bundled, Checkpoint plain, Opening opening, Named tensors) {
    this.bundled = bundled;
    this.opening = opening;
    Path file = plain.configFile().orElse(plain.root());
    Optional<Config> given = plain.config().map(c -> new Config(c, file));
    Recognition known = Recognition.of(plain, given, opening);
    this.checkpoint = known.prefix().isEmpty() ? plain : plain.without(known.prefix());
    this.declared = known.declared();
    this.family = known.family().map(f -> f.fitted(checkpoint.tensors()));
    // What an exported graph tells in place of a configuration names no model.
    boolean exported =
        checkpoint.files().stream().anyMatch(f -> f.toString().endsWith(".onnx"))
            && (given.isEmpty()
                || (checkpoint.files().contains(file)
                    && given.get().text("", "model_type").isEmpty()));
    Optional<Config> config =
        exported
            ? family.map(f -> new Config(deduced(f, checkpoint), file)).or(() -> given)
            : given;
    Config said = config.orElse(Config.none());
    // What a training run noted is spelled like a configuration and may mean something else.
    boolean noted =
        plain.noted()
            && opening.family().isEmpty()
            && given.filter(c -> c.has("model_type") || c.has("architectures")).isEmpty();
    ModelSpec told =
        family
            .map(f -> declared.isEmpty() ? f.spec(said) : f.spec(said).byNames(said))
            .orElse(ModelSpec.none());
    Optional<List<Parameter>> roles =
        family.flatMap(f -> tensors.roles(checkpoint, f, told, known.byNames()));
    this.parameters =
        tensors.named(
            checkpoint,
            new Unnamed(checkpoint)
                .grouped(roles.orElseGet(() -> tensors.unrecognised(checkpoint))));
    this.byName = new HashMap<>();
    parameters.forEach(p -> byName.putIfAbsent(p.tensor().name(), p));
    this.packing = Packing.of(checkpoint, config, parameters, told);
    this.spec =
        roles.isEmpty()
            ? ModelSpec.none()
            : Measured.spec(told, parameters, opening.heads(), !declared.isEmpty());
    this.design =
        () -> {
          if (roles.isEmpty() || family.isEmpty()) {
            return Optional.empty();
          }
          if (!declared.isEmpty()) {
            throw said.unsupported(said.has("model_type") ? "model_type" : "architectures");
          }
          if (exported) {
            DeducedConfig.require(family.get(), said, checkpoint);
          }
          Optional<Design> computed = family.get().design(packing.computed(said));
          if (noted) {
            throw DeducedConfig.missing(checkpoint, false);
          }
          return computed;
        };
  }

  /**
   * Opens a checkpoint and recognises its family.
   *
   * @param path a folder or a file, a name that the Hugging Face cache has, or that of a {@link
   *     BundledCheckpoint}
   * @throws dev.orograph.input.InputException where the input is at fault
   */
  public static Model open(Path path) {
    return open(path, Opening.USUAL);
  }

  /**
   * Opens a checkpoint where the user says what its files do not.
   *
   * @throws dev.orograph.input.InputException where the input is at fault, or it has no tensor or
   *     key of that name
   */
  public static Model open(Path path, Opening opening) {
    Optional<BundledCheckpoint> bundled = BundledCheckpoint.of(path);
    Checkpoint checkpoint =
        Checkpoint.open(bundled.map(BundledCheckpoint::locate).orElse(path), opening.access());
    try {
      return new Model(bundled, checkpoint, opening, new Named(opening));
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

  /** What the user said when it was opened. */
  public Opening opening() {
    return opening;
  }

  /**
   * What its configuration calls it, where that is no known family and only its names are those of
   * {@link ModelSpec#family}; "" elsewhere.
   */
  public String declared() {
    return declared;
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

  /**
   * The weight of that name (of a part, an expert or a convolution as a matrix: with its brackets),
   * through aliases.
   */
  public Optional<Parameter> parameter(String name) {
    Parameter own = byName.get(checkpoint.tensor(name).map(TensorInfo::name).orElse(name));
    if (own != null || !name.endsWith("]")) {
      return Optional.ofNullable(own);
    }
    return Optional.ofNullable(byName.get(name.substring(0, name.lastIndexOf('['))))
        .flatMap(
            whole ->
                whole.matrices().stream().filter(p -> p.tensor().name().equals(name)).findFirst());
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
        tokenizer.ifPresent(this::requireRows);
      } catch (InputException e) {
        tokenizerFault = e;
      }
    }
    if (tokenizerFault != null) {
      throw tokenizerFault;
    }
    return tokenizer;
  }

  /** A list of words labels the rows of a matrix with as many. */
  private void requireRows(Tokenizer words) {
    List<Parameter> matrices = tokenMatrices();
    if (words.labels() && !matrices.isEmpty() && matrices.get(0).tensor().rows() != words.size()) {
      tokenizer = null;
      throw InputException.at(words.files().get(words.files().size() - 1))
          .expected("should have a word for each of " + matrices.get(0).tensor().rows() + " rows")
          .found("it has " + words.size())
          .remedy("give it as many lines as the matrix has rows")
          .build();
    }
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
   * and heads that are not tied to one, or those that the user names. Tables with another number of
   * rows (token types, classes) are none. Of a model of no known family its only matrix, if it has
   * just one.
   */
  public List<Parameter> tokenMatrices() {
    List<Parameter> tables =
        parameters.stream()
            .filter(Parameter::matrix)
            .filter(p -> !p.transposed() && TOKENS.contains(p.role().component()))
            .toList();
    if (tables.isEmpty() && !recognised()) {
      List<Parameter> matrices = parameters.stream().filter(Parameter::matrix).toList();
      return matrices.size() == 1 ? matrices : List.of();
    }
    long rows = rows(tables);
    return tables.stream().filter(p -> p.tensor().rows() == rows).toList();
  }

  /** Rows of the largest embedding, without one of the largest head; 0 without either. */
  private static long rows(List<Parameter> tables) {
    List<Parameter> embeddings =
        tables.stream().filter(p -> p.role().component() == Component.EMBEDDING).toList();
    return (embeddings.isEmpty() ? tables : embeddings)
        .stream().mapToLong(p -> p.tensor().rows()).max().orElse(0);
  }

  /**
   * The stored matrix behind the last state that gives a score for each token, whether or not it
   * has as many rows as the embedding; empty where none is stored, or it is the embedding.
   */
  public Optional<Parameter> head() {
    return parameters.stream()
        .filter(p -> p.role().component() == Component.HEAD && p.matrix() && !p.transposed())
        .filter(p -> !opening.head().isEmpty() || p.tensor().name().matches(Named.HEADS))
        .findFirst();
  }

  /** What a norm multiplies with beyond the scale that is stored under that name: 0 or 1. */
  public int scaleOffset(String tensorName) {
    return family.map(f -> f.scaleOffset(tensorName)).orElse(0);
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
    return packing.packed();
  }

  /** The quantisation that the configuration declares and the tensors contradict, in words. */
  public Optional<String> leftoverQuantization() {
    return packing.leftover();
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
