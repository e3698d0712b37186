package dev.orograph.survey;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.input.Text;
import dev.orograph.instrument.Subject;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.Parameter;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A model in a few facts and one paragraph. */
public final class ModelCards {
  /** Names of what scores tokens. */
  private static final String HEAD =
      "(?s)(.*\\.)?(lm_head|output|embed_out|proj_out|decoder|head)(\\.weight)?";

  /** The same where numbers are packed, under whatever name. */
  private static final String PACKED_HEAD = "(?s)(.*\\.)?(lm_head|output|embed_out|head)\\.[^.]+";

  private ModelCards() {}

  /** The card of open models; of several the facts of each under its name. */
  static ModelCard of(List<Model> models, List<Subject> subjects) {
    if (models.size() == 1) {
      return of(models.get(0), subjects.get(0));
    }
    List<ModelCard> cards = new ArrayList<>();
    Map<String, String> facts = new LinkedHashMap<>();
    for (int i = 0; i < models.size(); i++) {
      ModelCard card = of(models.get(i), subjects.get(i));
      String name = card.name();
      cards.add(card);
      card.facts().forEach((fact, value) -> facts.put(name + ": " + fact, value));
    }
    return new ModelCard(
        cards.stream().map(ModelCard::name).collect(Collectors.joining(", ")),
        cards.stream().map(ModelCard::family).distinct().collect(Collectors.joining(", ")),
        facts,
        cards.stream().map(ModelCard::fingerprint).collect(Collectors.joining(" ")),
        cards.stream().map(ModelCard::paragraph).collect(Collectors.joining(" ")));
  }

  /** The card of an open model. */
  public static ModelCard of(Model model, Subject subject) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("family", family(model));
    facts.put("parameters", String.format(Locale.ROOT, "%,d", model.count()));
    facts.putAll(model.spec().facts());
    vocabulary(model).ifPresent(v -> facts.put("vocabulary", v));
    if (model.spec().writes()) {
      facts.put("embedding and head", head(model));
    }
    facts.put("stored as", dtypes(model));
    facts.put("tensors", Integer.toString(model.checkpoint().tensors().size()));
    if (!model.checkpoint().passedOver().isEmpty()) {
      facts.put("files not read", model.checkpoint().passedOver());
    }
    if (!model.checkpoint().leftOut().isEmpty()) {
      facts.put("left out", String.join("; ", model.checkpoint().leftOut()));
    }
    return new ModelCard(
        subject.name(),
        model.recognised() ? model.spec().family() : "matrices",
        model.count(),
        facts,
        subject.fingerprint(),
        paragraph(model, subject));
  }

  /** Stored types and how many tensors each has. */
  public static String dtypes(Model model) {
    Map<String, Integer> counts = new TreeMap<>();
    for (TensorInfo t : model.checkpoint().tensors()) {
      counts.merge(t.stored(), 1, Integer::sum);
    }
    StringBuilder s = new StringBuilder();
    counts.forEach(
        (name, n) ->
            s.append(s.length() > 0 ? ", " : "").append(name).append(" (").append(n).append(')'));
    return s.toString();
  }

  private static String paragraph(Model model, Subject subject) {
    String size = Sizes.parameters(model.count());
    if (!model.recognised()) {
      String type = model.declaredType();
      return subject.name()
          + " holds "
          + model.checkpoint().tensors().size()
          + " tensors with "
          + size
          + " parameters. "
          + (model.checkpoint().adapter()
              ? "It is an adapter, not a model: its factors are surveyed as they are stored."
              : type.isEmpty()
                  ? "It has no configuration that names a family"
                  : "Its configuration names the family '" + type + "', which is not known here")
          + (model.checkpoint().adapter()
              ? ""
              : ", so its tensors are surveyed as matrices, grouped by name with the numbers left"
                  + " out.");
    }
    ModelSpec spec = model.spec();
    String blocks = blocks(spec.stacks());
    return subject.name()
        + " is a "
        + (model.declared().isEmpty()
            ? spec.family() + " model of "
            : "model of type '"
                + model.declared()
                + "', which is not known here, with the names of "
                + spec.family()
                + " and ")
        + size
        + " parameters"
        + (blocks.isEmpty() ? "" : ": " + blocks)
        + vocabulary(model).map(v -> ", a vocabulary of " + v).orElse("")
        + (spec.writes() ? ending(head(model)) : ".");
  }

  private static String ending(String head) {
    return switch (head) {
      case "tied" -> ", with one matrix for embedding and head.";
      case "separate" -> ", with a head of its own.";
      default -> "; embedding and head: " + head + ".";
    };
  }

  private static String family(Model model) {
    if (!model.recognised()) {
      return "not recognised";
    }
    return model.spec().family()
        + (model.declared().isEmpty()
            ? ""
            : " by its names; the configuration says '" + model.declared() + "'");
  }

  /** How many tokens there are: rows of the embedding, beside what the configuration says. */
  private static Optional<String> vocabulary(Model model) {
    int said = model.spec().vocabulary();
    long rows =
        model.tokenMatrices().stream()
            .filter(p -> p.role().component() == Component.EMBEDDING)
            .mapToLong(p -> p.tensor().rows())
            .findFirst()
            .orElse(0);
    if (said == 0) {
      return Optional.empty();
    }
    return Optional.of(
        rows == 0 || rows == said || model.packed().isPresent()
            ? Text.grouped(said)
            : Text.grouped(rows) + " rows where the configuration says " + Text.grouped(said));
  }

  /** Whether embedding and head are one matrix: in the file, and as the configuration says. */
  static String head(Model model) {
    boolean tied = model.spec().tied();
    boolean said = model.checkpoint().config().map(c -> c.has("tie_word_embeddings")).orElse(false);
    if (model.packed().isPresent()) {
      boolean apart =
          model.parameters().stream().anyMatch(p -> p.tensor().name().matches(PACKED_HEAD));
      return apart ? "separate" : tied ? "tied" : "no head is stored";
    }
    Optional<Parameter> stored = model.head();
    List<Parameter> embeddings =
        model.parameters().stream()
            .filter(p -> p.role().component() == Component.EMBEDDING && p.matrix())
            .toList();
    boolean alias =
        model.aliases().entrySet().stream()
            .anyMatch(
                e ->
                    e.getKey().matches(HEAD)
                        && embeddings.stream()
                            .anyMatch(p -> p.tensor().name().equals(e.getValue())));
    if (stored.isPresent() && embeddings.isEmpty()) {
      return tied ? "tied" : "only a head is stored";
    }
    if (stored.isPresent()) {
      long rows = stored.get().tensor().rows();
      long own = embeddings.stream().mapToLong(p -> p.tensor().rows()).max().orElse(rows);
      return "separate"
          + (rows == own
              ? ""
              : ", with " + Text.grouped(rows) + " and " + Text.grouped(own) + " rows")
          + (tied && said ? " in the file, though the configuration ties them" : "");
    }
    if (alias || embeddings.isEmpty()) {
      return tied || !said
          ? "tied"
          : "one matrix in the file, though the configuration unties them";
    }
    return tied ? "tied" : "no head is stored";
  }

  /** How many blocks of which shape; a shape that all stacks have is told once. */
  private static String blocks(List<StackSpec> stacks) {
    if (stacks.stream().map(ModelCards::shape).distinct().count() == 1) {
      return stacks.stream().map(ModelCards::count).collect(Collectors.joining(" and "))
          + shape(stacks.get(0));
    }
    return stacks.stream().map(s -> count(s) + shape(s)).collect(Collectors.joining(" and "));
  }

  private static String count(StackSpec s) {
    return s.layers() + " " + s.stack().id();
  }

  private static String shape(StackSpec s) {
    return " blocks"
        + (s.dModel() == 0 ? "" : " of width " + s.dModel())
        + (s.heads() == 0 ? "" : " with " + s.heads() + " attention heads")
        + (s.keyHeads() != s.heads() ? " sharing " + s.keyHeads() + " key heads" : "");
  }
}
