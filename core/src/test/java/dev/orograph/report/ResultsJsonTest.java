package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orograph.finding.Axis;
import dev.orograph.finding.Boxes;
import dev.orograph.finding.Curve;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Heatmap;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsJsonTest {
  private static Stream<Results> fixtures() {
    return Stream.of(
        ReportFixture.small(),
        ReportFixture.big(),
        ReportFixture.hostile(),
        ReportFixture.awkward());
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void readsBackEqualAndWritesTheSameBytesAgain(Results results) {
    byte[] json = ResultsJson.write(results);
    Results read = ResultsJson.read(json);
    assertThat(read).isEqualTo(results);
    assertThat(ResultsJson.write(read)).isEqualTo(json);
  }

  @Test
  void sameResultsGiveTheSameBytesWhateverTheOrderOfSettings() {
    Results results = ReportFixture.small();
    Map<String, String> shuffled = new HashMap<>();
    results.settings().keySet().stream()
        .sorted()
        .forEach(k -> shuffled.put(k, results.settings().get(k)));
    Results again =
        new Results(
            results.schema(),
            results.version(),
            results.model(),
            shuffled,
            results.highlights(),
            results.analyses(),
            results.sections());
    assertThat(ResultsJson.write(again)).isEqualTo(ResultsJson.write(ReportFixture.small()));
  }

  @Test
  void hasTheKeysThatOthersReadItBy() throws IOException {
    JsonNode root = new ObjectMapper().readTree(ResultsJson.write(ReportFixture.small()));
    assertThat(root.path("schema").asText()).isEqualTo("orograph.results");
    assertThat(root.path("version").isInt()).isTrue();
    assertThat(names(root))
        .containsExactly(
            "schema", "version", "model", "settings", "highlights", "analyses", "sections");
    JsonNode findings = root.path("sections").get(0).path("findings");
    JsonNode scalar = findings.get(0);
    assertThat(names(scalar))
        .contains("id", "value", "seed", "interval", "null", "null_sd", "z", "unit", "sentence");
    assertThat(scalar.path("interval")).hasSize(2);
    JsonNode table = null;
    for (JsonNode finding : findings) {
      if (finding.path("kind").asText().equals("table")) {
        table = finding;
      }
    }
    assertThat(table).isNotNull();
    assertThat(names(table)).contains("id", "columns", "about", "rows");
    assertThat(table.path("rows").get(0)).hasSameSizeAs(table.path("columns"));
  }

  @Test
  void writesOneTableRowPerLine() {
    String json = new String(ResultsJson.write(ReportFixture.small()), StandardCharsets.UTF_8);
    assertThat(json.lines().filter(l -> l.strip().startsWith("[\"decoder.layer_"))).hasSize(14);
    assertThat(json).endsWith("}\n").doesNotContain("\r");
  }

  @Test
  void writesDoublesAsShortAsTheyReadBack() {
    Results results =
        of(
            Scalar.plain("a", "a", 0.1, "1", ""),
            Scalar.plain("b", "b", 2e-3, "1", ""),
            Scalar.plain("c", "c", 2.0e-322, "1", ""),
            Scalar.plain("d", "d", -0.0, "1", ""),
            Scalar.plain("e", "e", 2.2250738585072014E-308, "1", ""));
    String json = new String(ResultsJson.write(results), StandardCharsets.UTF_8);
    assertThat(json).contains("\"value\": 0.1,").contains("\"value\": 0.002,").contains("-0.0");
    // Java 17's own Double.toString writes 2.0E-3 and, for some numbers, more digits than needed.
    assertThat(json).contains("2.0E-322").contains("2.2250738585072014E-308");
    assertThat(ResultsJson.read(json.getBytes(StandardCharsets.UTF_8))).isEqualTo(results);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void refusesWhatIsNotFiniteByName(double bad) {
    List<Double> x = List.of(1.0, 2.0);
    List<List<Object>> rows = new ArrayList<>();
    rows.add(List.of("t", 1.0));
    rows.add(List.of("u", bad));
    Curve.Line line = new Curve.Line("line", x, List.of(1.0, bad), false);
    assertThatIllegalStateException()
        .isThrownBy(() -> ResultsJson.write(of(Scalar.plain("a.b", "", bad, "1", ""))))
        .withMessageContaining("'a.b'")
        .withMessageContaining("value")
        .withMessageContaining("null");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ResultsJson.write(
                    of(new Table("a.table", "", List.of("name", "rank"), List.of("", ""), rows))))
        .withMessageContaining("'a.table'")
        .withMessageContaining("row 1, column 'rank'");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ResultsJson.write(
                    of(
                        new Curve(
                            "a.curve",
                            "",
                            Axis.linear("x"),
                            Axis.linear("y"),
                            List.of(new Curve.Panel("p", List.of(line), List.of())),
                            ""))))
        .withMessageContaining("'a.curve'")
        .withMessageContaining("line 'line', y[1]");
    if (bad > 0 || Double.isNaN(bad)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> ResultsJson.write(of(boxes("a.boxes", box("3", bad)))))
          .withMessageContaining("'a.boxes'")
          .withMessageContaining("box '3'[4]");
    }
  }

  @Test
  void refusesBoxesWhoseNumbersAreOutOfOrderOrWhosePlacesCoincide() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> box("3", 0.25))
        .withMessageContaining("box '3'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> boxes("a.boxes", box("3", 7), box("3", 8)))
        .withMessageContaining("two boxes are called '3'");
    String json =
        new String(
            ResultsJson.write(of(boxes("a.boxes", box("3", 4096.5)))), StandardCharsets.UTF_8);
    for (String bad : List.of("0.25", "null", "\"NaN\"")) {
      byte[] changed = json.replace("4096.5", bad).getBytes(StandardCharsets.UTF_8);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ResultsJson.read(changed))
          .withMessageContaining(bad.contains("NaN") ? "box '3'[4]" : "not a results file");
    }
  }

  @Test
  void namesAKindOfFindingThatItDoesNotKnow() {
    String json =
        new String(ResultsJson.write(of(boxes("a.boxes", box("3", 7)))), StandardCharsets.UTF_8);
    assertThat(json).contains("\"boxes\"");
    byte[] later =
        json.replace("\"kind\": \"boxes\"", "\"kind\": \"violins\"")
            .getBytes(StandardCharsets.UTF_8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResultsJson.read(later))
        .withMessageContaining("violins");
  }

  @Test
  void readsHeatMapsWrittenBeforeTheyHadAVerticalAxis() {
    Heatmap map =
        new Heatmap(
            "a.map",
            "",
            List.of("c"),
            List.of("r"),
            List.of(List.of(1.0)),
            Axis.linear("x"),
            Axis.linear("v"),
            null,
            "");
    String json = new String(ResultsJson.write(of(map)), StandardCharsets.UTF_8);
    assertThat(json).doesNotContain("\"y\"");
    assertThat(ResultsJson.read(json.getBytes(StandardCharsets.UTF_8)).find("a.map")).contains(map);
  }

  /** Results are the same to the byte where what was added since has nothing to say. */
  @Test
  void whatCameLaterIsAbsentWhereThereIsNothingToSay() {
    String words = new String(ResultsJson.write(WordsFixture.results()), StandardCharsets.UTF_8);
    String plain =
        new String(ResultsJson.write(of(boxes("a", box("3", 7)))), StandardCharsets.UTF_8);
    for (String key : List.of("group", "ordinal", "sequence", "of")) {
      assertThat(words).contains("\"" + key + "\": ");
      assertThat(plain).doesNotContain("\"" + key + "\": ");
    }
    assertThat(words).contains("\"seed\": [\"printed\"]").doesNotContain("null");
    assertThat(plain).doesNotContain("parameters", "null");
    assertThat(ResultsJson.read(words.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(WordsFixture.results());
    Results counted =
        Results.of(
            new Results.ModelCard("m", "f", 7L, Map.of(), "", ""), Map.of(), List.of(), List.of());
    assertThat(ResultsJson.read(ResultsJson.write(counted))).isEqualTo(counted);
  }

  @Test
  void refusesASeedsColumnThatIsNotThere() {
    List<List<Object>> rows = List.of(List.of(1.5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Table("t", "", List.of("a"), List.of(""), List.of("b"), rows))
        .withMessageContaining("no column is called as one of [b]");
  }

  private static Boxes.Box box(String label, double max) {
    return new Boxes.Box(label, 1, 2, 3, 4, max, 5, 3.0);
  }

  private static Boxes boxes(String id, Boxes.Box... boxes) {
    List<Boxes.Panel> panels = List.of(new Boxes.Panel("p", List.of(boxes)));
    return new Boxes(id, "", Axis.linear("x"), Axis.linear("y"), panels, 1.0, "");
  }

  @Test
  void refusesTableCellsThatWouldNotReadBack() {
    List<List<Object>> rows = List.of(List.of(1.5f));
    assertThatIllegalStateException()
        .isThrownBy(
            () -> ResultsJson.write(of(new Table("t", "", List.of("a"), List.of(""), rows))))
        .withMessageContaining("java.lang.Float");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"schema\":\"other\"}",
        "{\"schema\":\"orograph.results\",\"version\":99}",
        "{\"schema\":\"orograph.results\",\"version\":1}",
        "{\"schema\":\"orograph.results\",\"version\":1,\"version\":1}",
        "{\"schema\":\"orograph.results\",\"version\":1} trailing",
      })
  void refusesWhatIsNoResultsFile(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ResultsJson.read(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void refusesNumbersThatAreNotNumbers() {
    String json =
        new String(
            ResultsJson.write(of(Scalar.plain("a.b", "", 0.125, "1", ""))), StandardCharsets.UTF_8);
    for (String bad : List.of("\"NaN\"", "1e999", "null")) {
      byte[] changed = json.replace("0.125", bad).getBytes(StandardCharsets.UTF_8);
      assertThatIllegalArgumentException().isThrownBy(() -> ResultsJson.read(changed));
    }
  }

  @Test
  void readsKeysThatALaterVersionMayAdd() {
    String json = new String(ResultsJson.write(ReportFixture.small()), StandardCharsets.UTF_8);
    String later = json.replaceFirst("\"version\"", "\"added\": {\"x\": 1}, \"version\"");
    assertThat(ResultsJson.read(later.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(ReportFixture.small());
  }

  @Test
  void spellsOutCharactersThatWouldActOnATerminal() {
    String json = new String(ResultsJson.write(ReportFixture.hostile()), StandardCharsets.UTF_8);
    assertThat(json).contains("\\u001b[31m").contains("\\u202e").contains("\\ud800");
    assertThat(json.codePoints().filter(c -> c != '\n' && !Text.printable(c))).isEmpty();
  }

  private static Results of(Finding... findings) {
    return Results.of(
        new Results.ModelCard("m", "f", Map.of(), "", ""),
        Map.of(),
        List.of(),
        List.of(new Section("s", "", "", "", "", "", List.of(findings))));
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /**
   * Every value in turn is null, missing, or of another kind: it is refused in words, or what comes
   * of it can be drawn.
   */
  @Test
  void whateverIsMissingIsToldOrCanBeDrawn() throws IOException {
    JsonNode whole = MAPPER.readTree(ResultsJson.write(ReportFixture.small()));
    List<String> paths = new ArrayList<>();
    paths(whole, "", paths);
    int refused = 0;
    for (String path : paths) {
      for (JsonNode by :
          new JsonNode[] {
            NullNode.instance, null, TextNode.valueOf("x"), JsonNodeFactory.instance.objectNode()
          }) {
        JsonNode copy = whole.deepCopy();
        set(copy, path, by);
        Results results;
        try {
          results = ResultsJson.read(MAPPER.writeValueAsBytes(copy));
        } catch (IllegalArgumentException e) {
          refused++;
          continue;
        }
        ObjectNode run = JsonNodeFactory.instance.objectNode();
        assertThatCode(
                () -> {
                  CsvTables.files(results);
                  if (by == null) {
                    HtmlReport.render(results, run);
                  }
                })
            .as(path + " " + by)
            .doesNotThrowAnyException();
      }
    }
    assertThat(paths).hasSizeGreaterThan(100);
    assertThat(refused).isGreaterThan(paths.size());
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Places of all values; of lists the first element. */
  private static void paths(JsonNode node, String path, List<String> paths) {
    if (node.isObject()) {
      node.properties().forEach(e -> child(e.getValue(), path + "/" + e.getKey(), paths));
    } else {
      // One of each kind of finding.
      int most = path.endsWith("/findings") ? node.size() : 1;
      Set<String> kinds = new HashSet<>();
      for (int i = 0; i < Math.min(most, node.size()); i++) {
        if (most > 1 && !kinds.add(node.get(i).path("kind").asText())) {
          continue;
        }
        child(node.get(i), path + "/" + i, paths);
      }
    }
  }

  private static void child(JsonNode node, String path, List<String> paths) {
    paths.add(path);
    paths(node, path, paths);
  }

  private static void set(JsonNode root, String path, JsonNode by) {
    int slash = path.lastIndexOf('/');
    JsonNode parent = root.at(path.substring(0, slash));
    String last = path.substring(slash + 1);
    if (parent instanceof ObjectNode object) {
      if (by == null) {
        object.remove(last);
      } else {
        object.set(last, by);
      }
    } else {
      ArrayNode array = (ArrayNode) parent;
      if (by == null) {
        array.remove(Integer.parseInt(last));
      } else {
        array.set(Integer.parseInt(last), by);
      }
    }
  }
}
