package dev.orograph.model;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.family.Families;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which family a checkpoint belongs to. In this order: what the user says, the configuration's
 * {@code model_type}, its {@code architectures}, the names of the tensors. Names alone say which
 * tensor has which role; where the configuration names another family they say no more than that.
 *
 * @param family the family
 * @param prefix what stands in front of the family's names, to be left out; "" for nothing
 * @param declared what the configuration calls the model where only names say that it is of this
 *     family; "" elsewhere
 * @param byNames whether only names say it
 */
record Recognition(Optional<Family> family, String prefix, String declared, boolean byNames) {
  private static final int PREFIXES = 3;

  /** What may follow a family's name in the name of a class of the transformers library. */
  private static final String CLASSES =
      "(For[A-Z]\\w*|(LMHead|DoubleHeads|PreTraining|Encoder|Decoder)?Model(With\\w+|For\\w+)?"
          + "|PreTrainedModel)?";

  private static final Recognition NONE = new Recognition(Optional.empty(), "", "", false);

  /**
   * Recognises.
   *
   * @throws InputException where the user names a family that is not known
   */
  static Recognition of(Checkpoint checkpoint, Optional<Config> config, Opening opening) {
    if (checkpoint.adapter()) {
      return NONE;
    }
    List<String> names = checkpoint.tensors().stream().map(TensorInfo::name).toList();
    List<String> prefixes = prefixes(names);
    if (!opening.family().isEmpty()) {
      return as(named(checkpoint, opening.family()), names, prefixes);
    }
    String type = config.map(c -> c.text("", "model_type")).orElse("");
    List<String> classes = config.map(c -> c.texts("architectures")).orElse(List.of());
    Optional<Family> told =
        type.isEmpty()
            ? classes.stream().map(Recognition::ofClass).flatMap(Optional::stream).findFirst()
            : Families.ALL.stream().filter(f -> f.modelTypes().contains(type)).findFirst();
    if (told.isPresent()) {
      return as(told.get(), names, prefixes);
    }
    String declared = !type.isEmpty() ? type : classes.isEmpty() ? "" : classes.get(0);
    for (String prefix : prefixes) {
      List<String> bare = without(names, prefix);
      // Some have nearly the names of others: the one that knows most of them, then the first.
      Optional<Family> best =
          Families.ALL.stream()
              .filter(f -> f.recognises(bare))
              .reduce((a, b) -> known(b, bare) > known(a, bare) ? b : a);
      if (best.isPresent()) {
        return new Recognition(best, prefix, declared, true);
      }
    }
    return NONE;
  }

  /** That family, with the prefix under which it knows most names. */
  private static Recognition as(Family family, List<String> names, List<String> prefixes) {
    String best =
        prefixes.stream()
            .max(
                Comparator.comparingLong((String p) -> known(family, without(names, p)))
                    .thenComparing(Comparator.comparingInt(String::length).reversed()))
            .orElse("");
    return new Recognition(Optional.of(family), best, "", false);
  }

  private static long known(Family family, List<String> names) {
    return names.stream().filter(n -> family.rule(n).isPresent()).count();
  }

  private static Family named(Checkpoint checkpoint, String name) {
    return Families.ALL.stream()
        .filter(
            f ->
                plain(f.name()).equals(plain(name))
                    || f.modelTypes().stream().anyMatch(t -> plain(t).equals(plain(name))))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.at(checkpoint.root())
                    .place("the family " + Text.quoted(name))
                    .expected("should be one that is known")
                    .found("none has that name")
                    .remedy(
                        "there are "
                            + Families.ALL.stream()
                                .map(Family::name)
                                .collect(Collectors.joining(", ")))
                    .build());
  }

  /** The family of a class of the transformers library: GPT2LMHeadModel is GPT-2's. */
  private static Optional<Family> ofClass(String name) {
    Family found = null;
    int longest = 0;
    for (Family family : Families.ALL) {
      for (String type : family.modelTypes()) {
        int length = length(name, plain(type));
        if (length > longest && name.substring(length).matches(CLASSES)) {
          found = family;
          longest = length;
        }
      }
    }
    return Optional.ofNullable(found);
  }

  /** How many characters of a class's name spell that type; 0 where it starts otherwise. */
  private static int length(String name, String type) {
    return name.toLowerCase(Locale.ROOT).startsWith(type) ? type.length() : 0;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /** Nothing, and the first parts that nine in ten names share, one after the other. */
  private static List<String> prefixes(List<String> names) {
    List<String> prefixes = new ArrayList<>(List.of(""));
    for (int i = 0; i < PREFIXES; i++) {
      String before = prefixes.get(i);
      Map<String, Integer> counts = new HashMap<>();
      for (String name : names) {
        int dot = name.startsWith(before) ? name.indexOf('.', before.length()) : -1;
        if (dot > 0 && dot + 1 < name.length()) {
          counts.merge(name.substring(0, dot + 1), 1, Integer::sum);
        }
      }
      Optional<String> next =
          counts.entrySet().stream()
              .filter(e -> e.getValue() * 10L >= names.size() * 9L)
              .map(Map.Entry::getKey)
              .findFirst();
      if (next.isEmpty()) {
        break;
      }
      prefixes.add(next.get());
    }
    return prefixes;
  }

  private static List<String> without(List<String> names, String prefix) {
    return prefix.isEmpty()
        ? names
        : names.stream().map(n -> n.startsWith(prefix) ? n.substring(prefix.length()) : n).toList();
  }
}
