package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.finding.Figure;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.states.GainColumns;
import dev.orograph.instrument.weights.CrossLayerColumns;
import dev.orograph.instrument.weights.NeuronColumns;
import dev.orograph.instrument.weights.NormColumns;
import dev.orograph.instrument.weights.QkColumns;
import dev.orograph.instrument.weights.SparsityColumns;
import dev.orograph.instrument.weights.SpectraColumns;
import dev.orograph.report.ResultsJson;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of figures that somebody uses are names that a run has. */
class NamesTest {
  private static final List<Class<?>> DECLARING =
      List.of(
          SpectraColumns.class,
          SparsityColumns.class,
          QkColumns.class,
          NeuronColumns.class,
          CrossLayerColumns.class,
          NormColumns.class,
          GainColumns.class);

  /** Where names of figures are written out. */
  private static final List<String> USING =
      List.of(
          "../METHODS.md",
          "../README.md",
          "../ARCHITECTURE.md",
          "../CONTRIBUTING.md",
          "../docs",
          "../cli/src/main/java",
          "../benchmarks/run",
          "src/main/java/dev/orograph/comparison",
          "src/main/java/dev/orograph/report");

  /** What only a run has in which something was left out or went wrong. */
  private static final Set<String> SOMETIMES =
      Set.of(
          "gain.fault",
          "wordnet.fault",
          "entropy.capped",
          "extract.blind",
          "extract.cut",
          "sparsity.initial",
          "project.fault",
          "waterfill.fault",
          "waterfill.broken",
          "waterfill.zeros",
          "modulate.geometry.random",
          "modulate.geometry.shuffled",
          "modulate.relations.random",
          "modulate.relations.shuffled",
          "modulate.special.wordnet",
          "normal.curvature.low",
          "normal.curvature.high",
          "normal.curvature_ends",
          "normal.head.cosine",
          "normal.seed.cosine");

  /** Analyses that measure nothing unless they are given a text. */
  private static final List<String> OF_A_TEXT = List.of("entropy", "extract", "waterfill");

  private static final List<String> OF_A_TARGET = List.of("levelset");
  private static final List<String> OF_POINTS = List.of("normal");
  private static final List<String> OF_AN_ENCODER = List.of("modulate");
  private static final List<String> OF_A_PAIR = List.of("project", "shared_start");

  /** Columns of every table that a run of one of the golden models has. */
  private static final Map<String, Set<String>> TABLES = new TreeMap<>();

  private static final Set<String> IDS = new TreeSet<>();

  @BeforeAll
  static void read(@TempDir Path folder) throws IOException {
    for (GoldenModel model : GoldenModel.values()) {
      add(GoldenFile.read(model.id()).orElseThrow());
    }
    Path text = Files.writeString(folder.resolve("text"), "Once upon a time\n".repeat(20));
    Options options = Options.usual();
    for (String id : OF_A_TEXT) {
      options = options.with(id, "text", text.toString());
    }
    run(folder, OF_A_TEXT, options.with("extract", "states", "all"));
    run(
        folder,
        OF_A_TARGET,
        Options.usual()
            .with("levelset", "target_from", "Once upon")
            .with("levelset", "points", "2")
            .with("levelset", "epsilon", "0.2"));
    Path points = folder.resolve("levelset").resolve("arrays").resolve("levelset.safetensors");
    run(
        folder,
        OF_POINTS,
        Options.usual()
            .with("normal", "points", points.toString())
            .with("normal", "method", "all")
            .with("normal", "dimensions", "3"));
    // Two of one shape, since tensors of unlike shape say nothing of a start.
    run(folder, OF_A_PAIR, Options.usual(), List.of("bytes", "bytes"));
    run(
        folder,
        OF_AN_ENCODER,
        Options.usual()
            .with("modulate", "what", "train")
            .with("modulate", "words", "100")
            .with("modulate", "epochs", "1"),
        List.of("t5"));
  }

  private static void run(Path folder, List<String> which, Options options) throws IOException {
    run(folder, which, options, List.of("bytes"));
  }

  private static void run(Path folder, List<String> which, Options options, List<String> models)
      throws IOException {
    Survey.Request request =
        new Survey.Request(
            models.stream().map(m -> Path.of("../samples/checkpoints", m)).toList(),
            options,
            which,
            1,
            1L << 30,
            Optional.of(folder.resolve(which.get(0))),
            folder,
            true);
    try (Survey survey = Survey.open(request)) {
      add(new ObjectMapper().readTree(ResultsJson.write(survey.run(Progress.SILENT))));
      if (which.equals(OF_A_TARGET)) {
        // The points that normals are taken of.
        Path from = survey.folder().path().resolve("arrays");
        assertThat(from.resolve("levelset.safetensors")).isRegularFile();
      }
    }
  }

  private static void add(JsonNode results) {
    for (JsonNode section : results.path("sections")) {
      for (JsonNode finding : section.path("findings")) {
        String id = finding.path("id").asText();
        IDS.add(id);
        for (JsonNode column : finding.path("columns")) {
          if (finding.path("kind").asText().equals("table")) {
            TABLES.computeIfAbsent(id, k -> new TreeSet<>()).add(column.asText());
          }
        }
      }
    }
  }

  private static Map<String, Figure<?>> figures() throws IllegalAccessException {
    Map<String, Figure<?>> figures = new LinkedHashMap<>();
    for (Class<?> c : DECLARING) {
      for (Field field : c.getFields()) {
        if (Modifier.isStatic(field.getModifiers())) {
          Object value = field.get(null);
          List<?> all = value instanceof List<?> list ? list : List.of(value);
          for (Object o : all) {
            if (o instanceof Figure<?> f) {
              figures.put(c.getSimpleName() + "." + field.getName() + " " + f.name(), f);
            }
          }
        }
      }
    }
    return figures;
  }

  @Test
  void everyDeclaredFigureIsAColumnOfItsTable() throws IllegalAccessException {
    assertThat(figures()).hasSizeGreaterThan(30);
    figures()
        .forEach(
            (where, f) -> {
              assertThat(TABLES).as(where).containsKey(f.table());
              assertThat(TABLES.get(f.table())).as(where).contains(f.name());
              if (!f.chance().isEmpty()) {
                // A component's table may be the one that says what chance gives.
                assertThat(
                        TABLES.entrySet().stream()
                            .filter(t -> t.getKey().startsWith(prefix(f.table())))
                            .flatMap(t -> t.getValue().stream()))
                    .as(where)
                    .contains(f.chance());
              }
              assertThat(f.words()).as(where).isNotBlank();
              assertThat(f.about()).as(where).isNotBlank();
            });
  }

  private static String prefix(String id) {
    return id.substring(0, id.indexOf('.') + 1);
  }

  @Test
  void everyNameThatIsWrittenOutIsOneThatARunHas() throws IOException {
    List<String> unknown = new ArrayList<>();
    int seen = 0;
    for (String place : USING) {
      for (Path file : files(Path.of(place))) {
        for (String name : names(Files.readString(file))) {
          seen++;
          if (!known(name) && !SOMETIMES.contains(name)) {
            unknown.add(file + ": " + name);
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(seen).isGreaterThan(20);
  }

  @Test
  void aNameThatNoRunHasIsFound() {
    assertThat(names("x `spectra.matrix` \"qk.layers\" get RUN gain.h25")).hasSize(3);
    assertThat(known("spectra.matrix")).isTrue();
    assertThat(known("spectra.<component>.stable_rank")).isTrue();
    assertThat(known("spectra.<component>.stable_rnak")).isFalse();
    assertThat(known("spectra.matrix.stable_rank")).as("a column of a table").isTrue();
    assertThat(known("qk.layer")).isFalse();
  }

  private static List<Path> files(Path place) throws IOException {
    if (!Files.exists(place)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(place)) {
      return tree.filter(Files::isRegularFile)
          .filter(f -> f.toString().matches(".*(\\.md|\\.java|/run)"))
          .sorted()
          .toList();
    }
  }

  /** What is spelled as a figure's name: between quotes or marks, or behind {@code get RUN}. */
  private static Set<String> names(String text) {
    String ids = Instruments.ALL.stream().map(i -> i.card().id()).collect(Collectors.joining("|"));
    Matcher m =
        Pattern.compile("(?:[`\"]|get [A-Za-z_/-]+ )((?:" + ids + ")\\.[a-z0-9_<>.-]*[a-z0-9_>])")
            .matcher(text);
    Set<String> names = new TreeSet<>();
    while (m.find()) {
      // Arrays and files have names of their own.
      if (!m.group(1).matches(".*\\.(java|md|csv|safetensors|json|npy)")) {
        names.add(m.group(1));
      }
    }
    return names;
  }

  private static boolean known(String name) {
    Pattern pattern =
        Pattern.compile(
            Stream.of(name.split("(?=<)|(?<=>)"))
                .map(part -> part.startsWith("<") ? ".+" : Pattern.quote(part))
                .collect(Collectors.joining()));
    return Stream.concat(
            IDS.stream(),
            TABLES.entrySet().stream()
                .flatMap(t -> t.getValue().stream().map(c -> t.getKey() + "." + c)))
        .anyMatch(id -> pattern.matcher(id).matches());
  }
}
