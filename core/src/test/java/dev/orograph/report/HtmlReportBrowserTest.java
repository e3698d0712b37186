package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orograph.comparison.Comparison;
import dev.orograph.comparison.MadeRun;
import dev.orograph.finding.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser, under its own content policy. */
class HtmlReportBrowserTest {
  private static final String READY = "data-ready=\"true\"";
  private static final Pattern BODY = Pattern.compile("<body id=\"top\"[^>]*>");

  @TempDir private Path folder;

  @Test
  void drawsASmallModel() throws IOException, InterruptedException {
    String dom = open(ReportFixture.small());
    assertThat(dom)
        .contains("<h1>tinystories-656k</h1>")
        .contains("decoder.layer_1.mlp_down")
        .contains("beyond 1000")
        .contains("Does not apply: a Llama has rotary positions");
    assertThat(count("<div class=\"canvas\"[^>]*>\\s*<div[^>]*>\\s*<svg", dom)).isEqualTo(6);
    assertThat(count("<li class=\"card\">", dom)).isEqualTo(5);
    assertThat(count("role=\"img\"", dom)).isGreaterThanOrEqualTo(10);
    assertThat(count("aria-sort=", dom)).isGreaterThan(14);
  }

  @Test
  void drawsABigModelOnePageOfRowsAtATime() throws IOException, InterruptedException {
    String dom = open(ReportFixture.big());
    assertThat(count("<div class=\"canvas\"[^>]*>\\s*<div[^>]*>\\s*<svg", dom)).isEqualTo(10);
    // Twelve squares together hold too many cells for elements of their own.
    assertThat(count("<canvas", dom)).isEqualTo(12);
    assertThat(dom).contains("100 of 528 rows shown.").contains("Show all 528");
    assertThat(count(">encoder\\.layer_", dom)).isEqualTo(100);
    assertThat(count("<div class=\"maps\"", dom)).isEqualTo(2);
    // What twelve squares share is said once: the beginning of their titles, and their reading.
    assertThat(count("<h4>encoder self_attn_q<", dom)).isEqualTo(1);
    assertThat(count("<h3>Cosine between layers</h3>", dom)).isEqualTo(1);
    assertThat(count("<p class=\"reading\">White is what unrelated matrices give", dom))
        .isEqualTo(2);
    assertThat(dom).contains("24 of 576 cells have no value and are struck through");
    assertThat(count("null 1(?=</li>)", dom)).isEqualTo(1);
  }

  @Test
  void showsHostileNamesAsText() throws IOException, InterruptedException {
    String dom = open(ReportFixture.hostile());
    assertThat(dom)
        .contains("&lt;/script&gt;&lt;img src=x onerror=")
        .contains("\\u202eevil")
        .contains("\\u001b[31mred")
        .doesNotContain("<img")
        .doesNotContain("<svg onload")
        .doesNotContain("\u202e");
  }

  @Test
  void drawsWhatIsEmptySingleOrZero() throws IOException, InterruptedException {
    String dom = open(ReportFixture.awkward());
    assertThat(dom)
        .doesNotContain("could not be drawn")
        .contains("2 points at or below zero cannot stand on a logarithmic axis")
        .contains("There is nothing to draw")
        .contains("1 box that reaches zero or below cannot stand on a logarithmic axis")
        .contains("1 value at or below zero cannot stand on a logarithmic axis");
    assertThat(count("class=\"canvas\"", dom)).isEqualTo(10);
  }

  @Test
  void drawsAComparisonWithEachModelsNullInItsColour() throws IOException, InterruptedException {
    Results first = MadeRun.of("a", "T5").ranks("mlp_up", "decoder", 4, 5, 6, 5).results();
    Results second = MadeRun.of("b", "Llama").ranks("mlp_up", "decoder", 7, 6, 7.5).results();
    String dom = open(Comparison.of(List.of(first, second)));
    assertThat(dom)
        .contains("<h1>a, b</h1>", "Clearest differences", "What was compared")
        .contains("pale, in each line's colour: shuffled copies")
        .contains("no difference ± 2 standard errors")
        .doesNotContain("analyses ran");
    assertThat(count("fill=\"#0072b2\" fill-opacity=\"0.16\"", dom)).isEqualTo(1);
    assertThat(count("fill=\"#d55e00\" fill-opacity=\"0.16\"", dom)).isEqualTo(1);
  }

  /** Opens a report and checks that its scripts ran to the end without a fault. */
  private String open(Results results) throws IOException, InterruptedException {
    Optional<Chromium> chromium = Chromium.find();
    assumeTrue(
        chromium.isPresent(),
        "no Chromium here: the report's structure is tested, its picture is not");
    Path page = folder.resolve("report.html");
    Files.writeString(page, HtmlReport.render(results, ReportFixture.run()));
    // On a loaded machine a first start can be taken before the scripts have run: ask again.
    String dom = "";
    for (int budget = 5_000; budget <= 45_000 && !dom.contains(READY); budget *= 3) {
      dom = chromium.get().dom(page, 1200, 20000, budget, folder);
    }
    // What the browser was given stands in the dump too; what it made of it is the rest.
    String made =
        dom.replaceAll("(?s)<script[^>]*>.*?</script>", "")
            .replaceAll("(?s)<style[^>]*>.*?</style>", "");
    Matcher body = BODY.matcher(made);
    assertThat(body.find()).isTrue();
    assertThat(body.group()).contains(READY).doesNotContain("data-errors");
    return made;
  }

  private static int count(String pattern, String text) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }
}
