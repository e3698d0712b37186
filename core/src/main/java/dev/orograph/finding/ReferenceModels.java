package dev.orograph.finding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What models that were surveyed before have by the same figures, so that a finding can be said to
 * be usual or not: of each claim its effect, how far the figure lies from its null on its {@link
 * Scale}. No weights.
 *
 * @param models the models, in the order in which they were added
 */
public record ReferenceModels(List<Reference> models) {
  /** None. */
  public static final ReferenceModels NONE = new ReferenceModels(List.of());

  /** Fewest models that say what is usual. */
  public static final int FEWEST = 3;

  /** Names that are told; more are counted. */
  private static final int NAMED = 6;

  private static final double USUAL = 0.5;

  /**
   * One model.
   *
   * @param name its name
   * @param kind "encoder", "decoder", "encoder-decoder", or "other"
   * @param fingerprint of its checkpoint
   * @param effects by id of the scalar, to four digits; a model that is set beside has no more
   */
  public record Reference(
      String name, String kind, String fingerprint, Map<String, Double> effects) {
    /** What a run says for later ones: four digits of each claim that is set against a null. */
    public static Reference of(Results run) {
      Map<String, Double> effects = new TreeMap<>();
      scalars(run.sections())
          .filter(FirstScreen::measured)
          .forEach(s -> effects.put(s.id(), rounded(FirstScreen.effect(s))));
      return new Reference(
          run.model().name(),
          ReferenceModels.kind(run.sections()),
          run.model().fingerprint(),
          effects);
    }

    private static double rounded(double v) {
      return Double.isFinite(v) && v != 0
          ? new java.math.BigDecimal(v).round(new java.math.MathContext(4)).doubleValue()
          : 0;
    }
  }

  /** Where a figure's effect stands among those of others. */
  private record Place(List<Reference> others, String kind, List<Double> effects, double own) {
    /** 0 beyond all others, .5 in their midst. */
    double rank() {
      long below = effects.stream().filter(e -> e < own).count();
      long above = effects.stream().filter(e -> e > own).count();
      return Math.min(below, above) / (double) effects.size();
    }

    /**
     * On which side of their nulls the others lie, and how far: that this model lies below all is
     * news only where one knows that they lie below their null too.
     *
     * @param told which models were named before
     */
    String words(Set<List<Reference>> told) {
      String side = own < 0 ? "below" : "above";
      List<Double> alike = effects.stream().filter(e -> e * own > 0).toList();
      long farther = alike.stream().filter(e -> Math.abs(e) > Math.abs(own)).count();
      int n = effects.size();
      int same = alike.size();
      String models =
          n
              + (kind.isEmpty() ? " reference models" : " reference " + kind + "s")
              + (told.add(others) ? names() : " named before");
      long nearer = alike.stream().filter(e -> Math.abs(e) < Math.abs(own)).count();
      String each = same == 1 ? "that one" : "each of them";
      String some =
          farther == 0
              ? "none of them lies"
              : farther + (farther == 1 ? " of them lies" : " of them lie");
      String here =
          nearer == same
              ? "this model lies farther from it than " + each
              : farther == same
                  ? "this model lies nearer to it than " + each
                  : some + " farther from it than this model";
      return same == 0
          ? "None of " + models + " lies " + side + " its null; this model does."
          : same == n
              ? "All " + models + " lie " + side + " their null; " + here + "."
              : same
                  + " of "
                  + models
                  + (same == 1 ? " lies " + side + " its null; " : " lie " + side + " their null; ")
                  + here
                  + ".";
    }

    private String names() {
      List<String> names = others.stream().map(Reference::name).limit(NAMED).toList();
      int more = others.size() - names.size();
      return " (" + String.join(", ", names) + (more > 0 ? " and " + more + " more" : "") + ")";
    }
  }

  private static Stream<Scalar> scalars(List<Section> sections) {
    return sections.stream()
        .flatMap(s -> s.findings().stream())
        .filter(Scalar.class::isInstance)
        .map(Scalar.class::cast);
  }

  /** Which stacks with attention of their own there are. */
  private static String kind(List<Section> sections) {
    boolean encoder = scalars(sections).anyMatch(s -> s.id().startsWith("qk.encoder_self_attn."));
    boolean decoder = scalars(sections).anyMatch(s -> s.id().startsWith("qk.decoder_self_attn."));
    return encoder && decoder
        ? "encoder-decoder"
        : encoder ? "encoder" : decoder ? "decoder" : "other";
  }

  /** The same with another model at the end, in place of one of the same checkpoint. */
  public ReferenceModels with(Reference model) {
    List<Reference> all = new ArrayList<>();
    models.stream().filter(m -> !m.fingerprint().equals(model.fingerprint())).forEach(all::add);
    all.add(model);
    return new ReferenceModels(List.copyOf(all));
  }

  /** These and others; a checkpoint that both have counts once. */
  public ReferenceModels and(ReferenceModels others) {
    ReferenceModels both = this;
    for (Reference m : others.models()) {
      both = both.with(m);
    }
    return both;
  }

  /**
   * Where a scalar stands among the models of its run's kind, or among all where there are fewer
   * than {@value #FEWEST} of the kind; its own checkpoint is left out.
   */
  private Optional<Place> place(Scalar s, String kind, String fingerprint) {
    List<Reference> known =
        models.stream()
            .filter(m -> m.effects().containsKey(s.id()) && !m.fingerprint().equals(fingerprint))
            .toList();
    List<Reference> own = known.stream().filter(m -> m.kind().equals(kind)).toList();
    boolean enough = own.size() >= FEWEST;
    List<Reference> others = enough ? own : known;
    if (others.size() < FEWEST) {
      return Optional.empty();
    }
    return Optional.of(
        new Place(
            others,
            enough && !kind.equals("other") ? kind : "",
            others.stream().map(m -> m.effects().get(s.id())).toList(),
            Reference.rounded(FirstScreen.effect(s))));
  }

  /**
   * Where the scalars of these ids stand, in words; none for what too few models have.
   *
   * @param ids in the order in which they are read
   */
  Map<String, String> standings(List<Section> sections, String fingerprint, List<String> ids) {
    String kind = kind(sections);
    Map<String, String> words = new TreeMap<>();
    Set<List<Reference>> told = new HashSet<>();
    for (String id : ids) {
      scalars(sections)
          .filter(s -> s.id().equals(id))
          .flatMap(s -> place(s, kind, fingerprint).stream())
          .forEach(p -> words.put(id, p.words(told)));
    }
    return words;
  }

  /**
   * How usual each of these scalars is among the models: 0 beyond all, .5 in their midst or not
   * known.
   */
  Map<String, Double> ranks(List<Section> sections, String fingerprint, List<Scalar> eligible) {
    String kind = kind(sections);
    Map<String, Double> ranks = new HashMap<>();
    for (Scalar s : eligible) {
      ranks.put(s.id(), place(s, kind, fingerprint).map(Place::rank).orElse(USUAL));
    }
    return ranks;
  }
}
