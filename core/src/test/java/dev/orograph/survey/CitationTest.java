package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Instruments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What papers say of a figure. */
class CitationTest {
  private static Results results(Map<String, String> settings) {
    return Results.of(
        new Results.ModelCard("a model", "T5", Map.of(), "00ff", "p"),
        settings,
        List.of(
            new Results.Analysis("spectra", "S", "done", null),
            new Results.Analysis("density", "D", "done", null),
            new Results.Analysis("qk", "Q", "skipped", "not asked for")),
        List.of(new Section("spectra", "S", "s", "m", "s", "l", List.of())));
  }

  @Test
  void theCommandMeasuresThatSectionAgain() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("seed", "7");
    settings.put("figures", "all");
    settings.put("family", "t5");
    settings.put("density.k", "5");
    settings.put("words.lists", "{\n}");
    Citation c = Citation.of(results(settings), null);
    assertThat(c.command("density"))
        .isEqualTo(
            "orograph survey 'a model' --only density --seed 7 --family t5 --set density.k=5");
    assertThat(c.command("words")).endsWith("--set words.lists=FILE");
    assertThat(c.command("claims"))
        .isEqualTo("orograph survey 'a model' --only spectra,density --seed 7 --family t5");
    assertThat(c.caption("spectra"))
        .startsWith("Model: a model (T5, fingerprint 00ff). Orograph " + Survey.VERSION)
        .contains("orograph survey 'a model' --only spectra");
  }

  @Test
  void severalModelsAreNamedByTheirRun() throws IOException {
    Citation c =
        Citation.of(
            results(Map.of("seed", "42")),
            new ObjectMapper().readTree("{\"models\": [{\"name\": \"A\"}, {\"name\": \"B\"}]}"));
    assertThat(c.command("project")).isEqualTo("orograph project A B --seed 42");
  }

  @Test
  void namesAreOneWordOfAShell() {
    Results hostile =
        Results.of(
            new Results.ModelCard("x'; rm -rf \u001b[2J", "T5", Map.of(), "00", "p"),
            Map.of(),
            List.of(),
            List.of());
    assertThat(Citation.of(hostile, null).command("spectra"))
        .isEqualTo("orograph survey 'x'\\''; rm -rf \\u001b[2J'");
  }

  @Test
  void referencesBecomeEntries() {
    assertThat(Citation.entry("Roy, O. & Vetterli, M. (2007). The effective rank: a & b. EUSIPCO."))
        .isEqualTo(
            """
            @misc{roy2007,
              author = {Roy, O. and Vetterli, M.},
              title  = {The effective rank: a \\& b},
              year   = {2007},
              howpublished = {EUSIPCO}
            }
            """);
    assertThat(Citation.entry("Raffel, C. et al. (2020). Limits. JMLR 21."))
        .contains("author = {Raffel, C. and others}", "howpublished = {JMLR 21}");
  }

  @Test
  void everyReferenceOfEveryAnalysisIsOne() {
    Instruments.ALL.forEach(
        i ->
            assertThat(Citation.methods(i.card().id()).split("@misc", -1))
                .as(i.card().id())
                .hasSize(i.card().references().size() + 1)
                .doesNotContain("author = {{"));
  }

  @Test
  void theProgramIsThatOfTheCitationFile() throws IOException {
    Path file = Path.of("..", "CITATION.cff");
    String cff = Files.readString(file);
    assertThat(cff).contains("version: " + Survey.VERSION + "\n");
    assertThat(Citation.program()).contains("version = {" + Survey.VERSION + "}");
    String title = cff.replaceAll("(?s).*\ntitle: \"([^\"]+)\".*", "$1");
    assertThat(Citation.program()).contains("title   = {" + title + "}");
  }
}
