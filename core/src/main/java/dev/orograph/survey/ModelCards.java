package dev.orograph.survey;

import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.instrument.Subject;
import dev.orograph.model.Model;
import dev.orograph.model.ModelSpec;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A model in a few facts and one paragraph. */
public final class ModelCards {
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
    facts.put("family", model.recognised() ? model.spec().family() : "not recognised");
    facts.put("parameters", String.format(Locale.ROOT, "%,d", model.count()));
    facts.putAll(model.spec().facts());
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
      counts.merge(t.dtype().name(), 1, Integer::sum);
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
        + spec.family()
        + " model of "
        + size
        + " parameters"
        + (blocks.isEmpty() ? "" : ": " + blocks)
        + (spec.vocabulary() == 0
            ? ""
            : String.format(Locale.ROOT, ", a vocabulary of %,d", spec.vocabulary()))
        + (!spec.writes()
            ? "."
            : spec.tied()
                ? ", with one matrix for embedding and head."
                : ", with a head of its own.");
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
    return " blocks of width "
        + s.dModel()
        + " with "
        + s.heads()
        + " attention heads"
        + (s.keyHeads() != s.heads() ? " sharing " + s.keyHeads() + " key heads" : "");
  }
}
