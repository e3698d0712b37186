package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that a run found: the content of {@code results.json}. Holds nothing that depends on
 * when, where or with how many threads it ran.
 *
 * @param schema always {@value #SCHEMA}
 * @param version version of the schema, {@value #VERSION}
 * @param model which model
 * @param settings seed, figures, and every instrument's settings
 * @param highlights ids of the scalars to read first, of the largest effect on; none where nothing
 *     stands out, see {@link FirstScreen}
 * @param standings by id of a highlight, where it stands among {@link ReferenceModels}; null where
 *     no such models were known
 * @param analyses every instrument: whether it ran, and if not, why
 * @param sections one per instrument that ran
 */
@JsonPropertyOrder({
  "schema",
  "version",
  "model",
  "settings",
  "highlights",
  "standings",
  "analyses",
  "sections"
})
public record Results(
    String schema,
    int version,
    ModelCard model,
    Map<String, String> settings,
    List<String> highlights,
    @JsonInclude(JsonInclude.Include.NON_NULL) Map<String, String> standings,
    List<Analysis> analyses,
    List<Section> sections) {

  /** Results that no models are set beside. */
  public Results(
      String schema,
      int version,
      ModelCard model,
      Map<String, String> settings,
      List<String> highlights,
      List<Analysis> analyses,
      List<Section> sections) {
    this(schema, version, model, settings, highlights, null, analyses, sections);
  }

  /** Name of the schema. */
  public static final String SCHEMA = "orograph.results";

  /** Version of the schema; raised when a reader of the old one would misread the new. */
  public static final int VERSION = 1;

  /**
   * Which model was surveyed.
   *
   * @param name folder or file name
   * @param family recognised family, or "matrices"
   * @param parameters how many it has; null where it is not one model
   * @param facts label to value, in the order to show (parameters, layers, d_model, dtypes, ...)
   * @param fingerprint sha256 over headers and sampled bytes
   * @param paragraph the model in one paragraph
   */
  public record ModelCard(
      String name,
      String family,
      @JsonInclude(JsonInclude.Include.NON_NULL) Long parameters,
      Map<String, String> facts,
      String fingerprint,
      String paragraph) {
    /** The card of what is not one model. */
    public ModelCard(
        String name,
        String family,
        Map<String, String> facts,
        String fingerprint,
        String paragraph) {
      this(name, family, null, facts, fingerprint, paragraph);
    }
  }

  /**
   * What became of an instrument.
   *
   * @param id its id
   * @param title its title
   * @param status "done", "not_applicable" or "skipped"
   * @param reason why not, in words; null when done
   * @param group what it is about: "Weights", "Embedding" or "Behaviour"; null for none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Analysis(String id, String title, String status, String reason, String group) {
    /** One of no group. */
    public Analysis(String id, String title, String status, String reason) {
      this(id, title, status, reason, null);
    }
  }

  /** Assembles results and picks the highlights by the rule of {@link FirstScreen}. */
  public static Results of(
      ModelCard model,
      Map<String, String> settings,
      List<Analysis> analyses,
      List<Section> sections) {
    return of(model, settings, analyses, sections, ReferenceModels.NONE);
  }

  /** The same beside models that were surveyed before. */
  public static Results of(
      ModelCard model,
      Map<String, String> settings,
      List<Analysis> analyses,
      List<Section> sections,
      ReferenceModels reference) {
    Set<String> ids = new HashSet<>();
    for (Section section : sections) {
      for (Finding finding : section.findings()) {
        if (!ids.add(finding.id())) {
          throw new IllegalStateException("two findings are called " + finding.id());
        }
      }
    }
    List<String> highlights = FirstScreen.of(sections, reference, model.fingerprint());
    Map<String, String> standings = reference.standings(sections, model.fingerprint(), highlights);
    return new Results(
        SCHEMA,
        VERSION,
        model,
        settings,
        highlights,
        standings.isEmpty() ? null : standings,
        analyses,
        sections);
  }

  /** The findings whose ids begin so, in their order. */
  public List<Finding> beginning(String prefix) {
    return sections.stream()
        .flatMap(s -> s.findings().stream())
        .filter(f -> f.id().startsWith(prefix))
        .toList();
  }

  /** The finding of that id, or those whose ids go on from it; none for an empty id. */
  public List<Finding> named(String id) {
    return find(id).map(List::of).orElseGet(() -> id.isEmpty() ? List.of() : beginning(id));
  }

  /** The finding of that id. */
  public Optional<Finding> find(String id) {
    return sections.stream()
        .flatMap(s -> s.findings().stream())
        .filter(f -> f.id().equals(id))
        .findFirst();
  }
}
