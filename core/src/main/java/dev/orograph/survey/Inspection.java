package dev.orograph.survey;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.Quantised;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.input.Text;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Plan;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.Workshop;
import dev.orograph.model.Component;
import dev.orograph.model.LowRankFactors;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.StackSpec;
import dev.orograph.tokenizer.Tokenizer;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a checkpoint is, from its headers and a few sampled bytes; with full hashes where asked.
 *
 * @param card the model in facts and words
 * @param files weight files
 * @param census parameters by component and stack
 * @param tied declared aliases, in words
 * @param duplicates tensors with equal content, in words
 * @param unrecognised tensors of a known family without a role
 * @param tokenizer kind and size of the tokenizer, or why there is none
 * @param remarks what else to know: packed weights, an adapter, tensors outside the index
 * @param analyses every instrument, whether it applies and why not
 */
public record Inspection(
    ModelCard card,
    List<FileFact> files,
    List<Census> census,
    List<String> tied,
    List<String> duplicates,
    List<String> unrecognised,
    String tokenizer,
    List<String> remarks,
    List<Analysis> analyses) {

  private static final int SAMPLES = 16;
  private static final int SAMPLE = 64;

  /**
   * A weight file.
   *
   * @param name its name
   * @param bytes its size
   * @param sha256 its hash, or null where not asked for
   */
  public record FileFact(String name, long bytes, String sha256) {}

  /**
   * Parameters of one component in one stack.
   *
   * @param group component or name pattern
   * @param stack stack
   * @param tensors how many tensors
   * @param parameters how many numbers
   */
  public record Census(String group, String stack, int tensors, long parameters) {}

  /**
   * Whether an instrument applies.
   *
   * @param id its id
   * @param applies whether it does
   * @param reason why not
   */
  public record Analysis(String id, boolean applies, String reason) {}

  /** Inspects an open model. */
  public static Inspection of(Model model, boolean hash) {
    Checkpoint c = model.checkpoint();
    Subject subject = new Subject(c.root().toString(), model.name(), c.fingerprint());
    List<String> unrecognised = new ArrayList<>();
    if (model.recognised()) {
      for (Parameter p : model.parameters()) {
        if (p.role().component() == Component.OTHER) {
          unrecognised.add(p.tensor().name() + " " + p.tensor().shape());
        }
      }
    }
    List<String> tied = new ArrayList<>();
    model.aliases().forEach((alias, stored) -> tied.add(alias + " is stored as " + stored));
    return new Inspection(
        ModelCards.of(model, subject),
        files(c, hash),
        census(model),
        tied,
        duplicates(model, hash),
        unrecognised,
        tokenizer(model),
        remarks(model),
        analyses(model, subject));
  }

  private static List<FileFact> files(Checkpoint c, boolean hash) {
    Map<Path, String> hashes = hash ? c.sha256() : Map.of();
    List<FileFact> files = new ArrayList<>();
    c.sizes()
        .forEach(
            (f, size) -> files.add(new FileFact(f.getFileName().toString(), size, hashes.get(f))));
    return files;
  }

  private static List<Census> census(Model model) {
    Map<List<String>, long[]> counts = new LinkedHashMap<>();
    List<Parameter> ordered = new ArrayList<>(model.parameters());
    ordered.sort(
        java.util.Comparator.comparing((Parameter p) -> p.role().component())
            .thenComparing(p -> p.role().stack())
            .thenComparing(Parameter::group));
    for (Parameter p : ordered) {
      long[] n =
          counts.computeIfAbsent(List.of(p.group(), p.role().stack().id()), k -> new long[2]);
      n[0]++;
      n[1] += p.tensor().count();
    }
    List<Census> census = new ArrayList<>();
    counts.forEach((k, n) -> census.add(new Census(k.get(0), k.get(1), (int) n[0], n[1])));
    return census;
  }

  /**
   * Tensors of the same type, shape and content. Each place that is read costs a page of a file
   * that may be large and cold: those that are alone of their kind are not read, and of the others
   * one place tells nearly all apart.
   */
  private static List<String> duplicates(Model model, boolean hash) {
    List<TensorInfo> matrices =
        model.checkpoint().tensors().stream()
            // Norms that were never trained are all ones; that they are equal says nothing.
            .filter(t -> t.rank() >= 2 && t.count() > 0)
            .toList();
    Collection<List<TensorInfo>> same =
        several(List.of(matrices), t -> t.dtype() + " " + t.shape());
    same =
        hash
            ? several(same, t -> model.checkpoint().contentSha256(t))
            : several(several(same, t -> sample(model, t, 1)), t -> sample(model, t, SAMPLES));
    return same.stream()
        .map(of -> of.stream().map(TensorInfo::name).collect(Collectors.joining(" = ")))
        .toList();
  }

  /** Those of each list that agree in something, where there are several. */
  private static Collection<List<TensorInfo>> several(
      Collection<List<TensorInfo>> lists, Function<TensorInfo, String> key) {
    List<List<TensorInfo>> several = new ArrayList<>();
    for (List<TensorInfo> list : lists) {
      Map<String, List<TensorInfo>> byKey = new LinkedHashMap<>();
      list.forEach(t -> byKey.computeIfAbsent(key.apply(t), k -> new ArrayList<>()).add(t));
      byKey.values().stream().filter(of -> of.size() > 1).forEach(several::add);
    }
    return several;
  }

  /** Bytes at so many places, evenly from first to last; at one, those of the middle. */
  private static String sample(Model model, TensorInfo t, int places) {
    byte[] bytes = new byte[places * SAMPLE];
    long length = t.byteLength();
    try (TensorData data = model.checkpoint().map(t)) {
      if (length <= bytes.length) {
        data.readRaw(0, bytes, 0, (int) length);
      } else {
        for (int i = 0; i < places; i++) {
          long at = places == 1 ? (length - SAMPLE) / 2 : (length - SAMPLE) / (places - 1) * i;
          data.readRaw(at, bytes, i * SAMPLE, SAMPLE);
        }
      }
    }
    return HexFormat.of().formatHex(bytes);
  }

  private static String tokenizer(Model model) {
    Optional<String> why = model.whyNoTokenizer();
    if (why.isPresent()) {
      return "none: " + why.get();
    }
    Tokenizer t = model.tokenizer().orElseThrow();
    String size = Text.grouped(t.size()) + " ids";
    List<Parameter> matrices = model.recognised() ? model.tokenMatrices() : List.of();
    long rows = matrices.isEmpty() ? t.size() : matrices.get(0).tensor().rows();
    String compared =
        rows == t.size()
            ? ""
            : rows > t.size()
                ? ", and " + Text.grouped(rows - t.size()) + " rows of the embedding have none"
                : ", WARNING: more than the "
                    + Text.grouped(rows)
                    + " rows of the embedding; it may be another model's";
    return t.description() + ", " + size + compared;
  }

  private static List<String> remarks(Model model) {
    List<String> remarks = new ArrayList<>();
    model.packed().ifPresent(r -> remarks.add("Packed or scaled weights: " + r + "."));
    model
        .leftoverQuantization()
        .ifPresent(
            d ->
                remarks.add(
                    "The configuration has "
                        + d
                        + ", but the tensors are plain numbers of the right shapes without scales:"
                        + " they are taken as they are."));
    layers(model, remarks);
    remarks.addAll(model.checkpoint().remarks());
    if (model.checkpoint().adapter()) {
      remarks.add("An adapter: it changes another model, which is not here.");
    }
    List<String> alone = LowRankFactors.alone(model.checkpoint());
    if (!alone.isEmpty()) {
      remarks.add(
          (alone.size() == 1 ? "A low-rank factor makes" : alone.size() + " low-rank factors make")
              + " no update, since the other is missing or does not fit, first "
              + alone.get(0)
              + ".");
    }
    long quantised =
        model.checkpoint().tensors().stream().filter(t -> t.encoded() instanceof Quantised).count();
    if (quantised > 0) {
      remarks.add(
          quantised
              + " tensors are whole numbers with scales and zero points. They are decoded to the"
              + " float32 numbers that a runtime computes with: (number - zero point) x scale.");
    }
    List<String> unindexed = model.checkpoint().unindexed();
    if (!unindexed.isEmpty()) {
      remarks.add(
          unindexed.size()
              + " tensors lie in the files but not in the index and are left out, first "
              + unindexed.get(0));
    }
    for (String what : model.checkpoint().leftOut()) {
      remarks.add("Left out, since they are no tensors of the model: " + what + ".");
    }
    String others = model.checkpoint().passedOver();
    if (!others.isEmpty()) {
      remarks.add("Other weight files lie in the folder and are not read: " + others + ".");
    }
    long buffers =
        model.parameters().stream().filter(p -> p.tensor().count() > 0 && !p.weight()).count();
    if (buffers > 0) {
      remarks.add(
          (buffers == 1 ? "A tensor is a mask, a table" : buffers + " tensors are masks, tables")
              + " or whole numbers: no weight.");
    }
    return remarks;
  }

  /** Where the configuration speaks of other layers than those that are stored. */
  private static void layers(Model model, List<String> remarks) {
    for (StackSpec s : model.spec().stacks()) {
      long stored =
          model.parameters().stream()
              .filter(p -> p.role().stack() == s.stack() && p.role().layer() >= 0 && p.weight())
              .mapToInt(p -> p.role().layer())
              .distinct()
              .count();
      if (stored > 0 && stored != s.layers()) {
        remarks.add(
            "The configuration says "
                + s.layers()
                + " layers of the "
                + s.stack().id()
                + ", the files hold "
                + stored
                + ".");
      }
    }
  }

  private static List<Analysis> analyses(Model model, Subject subject) {
    List<Analysis> all = new ArrayList<>();
    try (Workshop workshop = new Workshop()) {
      workshop.lend(subject, model);
      for (Instrument<?, ?, ?> i : Instruments.ALL) {
        Plan<?> plan = plan(i, subject, workshop);
        all.add(new Analysis(i.card().id(), plan.applies(), plan.applies() ? "" : plan.whyNot()));
      }
    }
    return all;
  }

  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Plan<D> plan(Instrument<S, D, R> i, Subject subject, Workshop workshop) {
    S settings = i.settings(Options.usual());
    Job<S, D, R> job = new Job<>(i, List.of(subject), settings, 0, Long.MAX_VALUE, ".");
    return Plan.of(i, workshop.planning(job), settings);
  }
}
