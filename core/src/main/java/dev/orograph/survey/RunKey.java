package dev.orograph.survey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What tells runs apart: what all analyses of a run rest on, and each analysis by itself. Two runs
 * of one ground whose common analyses are equal are parts of one run, which may grow from the one
 * to both.
 *
 * @param ground digest of program, models, seed, memory and kernels
 * @param analyses by id, in the order of the report: the version of its formulas, and behind it a
 *     digest of what was chosen for it alone, where anything was
 */
record RunKey(String ground, Map<String, String> analyses) {
  private static final String GROUND = "ground";
  private static final String ANALYSES = "analyses";

  /** Copies, in the same order. */
  RunKey {
    analyses = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(analyses));
  }

  /** The key of a run without analyses, such as a comparison. */
  static RunKey without(String ground) {
    return new RunKey(ground, Map.of());
  }

  /** As a {@code run.json} tells it. */
  static RunKey of(JsonNode run) {
    Map<String, String> analyses = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : run.path(ANALYSES).properties()) {
      analyses.put(e.getKey(), e.getValue().asText());
    }
    return new RunKey(run.path(GROUND).asText(), analyses);
  }

  void tell(ObjectNode run) {
    run.put("key", whole());
    run.put(GROUND, ground);
    ObjectNode each = run.putObject(ANALYSES);
    analyses.forEach(each::put);
  }

  /** A digest of all of it, whatever the order of the analyses. */
  String whole() {
    return analyses.isEmpty() ? ground : TaskStore.sha256(ground + new TreeMap<>(analyses));
  }

  /** The key of one analysis's tasks, which does not depend on the others. */
  String tasks(String analysis) {
    return ground + " " + analyses.get(analysis);
  }

  Set<String> ids() {
    return analyses.keySet();
  }

  boolean has(RunKey other) {
    return ids().containsAll(other.ids());
  }

  /** Whether both may be parts of one run. */
  boolean fits(RunKey other) {
    return ground.equals(other.ground)
        && analyses.entrySet().stream()
            .allMatch(
                e -> other.analyses.getOrDefault(e.getKey(), e.getValue()).equals(e.getValue()));
  }
}
