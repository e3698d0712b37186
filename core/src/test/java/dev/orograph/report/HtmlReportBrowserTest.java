package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.comparison.Comparison;
import dev.orograph.comparison.MadeRun;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser, under its own content policy. */
class HtmlReportBrowserTest {
  private static final String READY = "data-ready=\"true\"";
  private static final Pattern BODY = Pattern.compile("<body id=\"top\"[^>]*>");

  private static Optional<Chromium> chromium = Optional.empty();

  @TempDir private Path folder;

  @BeforeAll
  static void start(@TempDir Path profile) throws IOException {
    chromium = Chromium.start(profile);
  }

  @AfterAll
  static void end() {
    chromium.ifPresent(Chromium::close);
  }

  @Test
  void drawsASmallModel() throws IOException, InterruptedException {
    String dom = open(ReportFixture.small());
    assertThat(dom)
        .contains("<h1>tinystories-656k</h1>")
        .contains("decoder.layer_1.mlp_down")
        .contains("beyond 1000")
        .contains("Does not apply: a Llama has rotary positions");
    assertThat(count("<div class=\"canvas\"[^>]*>\\s*<div[^>]*>\\s*<svg", dom)).isEqualTo(8);
    assertThat(count("<canvas[^>]*class=\"points\"", dom)).isEqualTo(1);
    assertThat(dom).contains("mean (seed)", "Find a token, or #id", "la, sto, in (");
    assertThat(count("<li class=\"card\">", dom)).isEqualTo(2);
    assertThat(count("role=\"img\"", dom)).isGreaterThanOrEqualTo(10);
    assertThat(count("aria-sort=", dom)).isGreaterThan(14);
  }

  @Test
  void drawsABigModelOnePageOfRowsAtATime() throws IOException, InterruptedException {
    String dom = open(ReportFixture.big());
    assertThat(count("<div class=\"canvas\"[^>]*>\\s*<div[^>]*>\\s*<svg", dom)).isEqualTo(12);
    // Twelve squares together hold too many cells for elements of their own; one is a map.
    assertThat(count("<canvas", dom)).isEqualTo(13);
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
        .contains("1 value at or below zero cannot stand on a logarithmic axis")
        .contains("2 bins or marks at or below zero cannot stand on a logarithmic axis")
        .contains("2 tokens have no place in it");
    assertThat(count("class=\"canvas\"", dom)).isEqualTo(14);
  }

  /** What a chart means is in its data: words that suggest it change nothing. */
  @Test
  void readsNoMeaningOutOfWords() throws IOException, InterruptedException {
    String dom = open(WordsFixture.results());
    assertThat(dom).contains("<p class=\"kicker\">comparison of seeds</p>");
    assertThat(dom).contains("What was surveyed").doesNotContain("What was compared");
    assertThat(count("<div class=\"maps\"", dom)).isEqualTo(1);
    assertThat(dom).contains("<h3>A family</h3>", "<h4>first<", "<h4>second<");
    assertThat(dom).contains("<h3>Pairs of layers: a<", "<h3>Pairs of layers: b<");
    assertThat(finding("words.named", dom)).containsPattern("(?s)>10</text>.*>9</text>");
    assertThat(finding("words.ordered", dom)).containsPattern("(?s)>9</text>.*>10</text>");
    assertThat(finding("words.hues", dom)).contains("layer 3</li>").doesNotContain("layer 0 to ");
    assertThat(finding("words.ramp", dom)).contains("step a to step h</li>");
    // The second line's colour is that of the one whose seed's figure says so, of no other.
    String blue = "stroke=\"#0072b2\"";
    String red = "stroke=\"#d55e00\"";
    String soft = "stroke=\"#545d61\"";
    for (String id : List.of("words.seed", "words.bars")) {
      List<String> legend =
          Pattern.compile("<li>(<svg.*?)</li>")
              .matcher(finding(id, dom))
              .results()
              .map(m -> m.group(1))
              .toList();
      assertThat(legend).hasSize(4);
      assertThat(legend.get(0)).contains(blue);
      assertThat(legend.get(1)).contains(red);
      assertThat(legend.get(2)).contains("recall (seed)").doesNotContain(blue);
      assertThat(legend.get(3)).contains("other", red);
    }
    assertThat(finding("words.bars", dom)).contains(soft);
    assertThat(count("<th scope=\"col\" class=\"num seed\"", dom)).isEqualTo(1);
    assertThat(finding("words.table", dom))
        .contains("<td class=\"num\">1.5</td>", "<td class=\"num seed\">2.5</td>");
  }

  @Test
  void drawsAComparisonWithEachModelsNullInItsColour() throws IOException, InterruptedException {
    Results first = MadeRun.of("a", "T5").ranks("mlp_up", "decoder", 4, 5, 6, 5).results();
    Results second = MadeRun.of("b", "Llama").ranks("mlp_up", "decoder", 9, 9.5, 9).results();
    String dom = open(Comparison.of(List.of(first, second)));
    assertThat(dom)
        .contains("<h1>a, b</h1>", "Clearest differences", "What was compared")
        .contains("pale, in each line's colour: shuffled copies")
        .contains("no difference ± 2 standard errors")
        .doesNotContain("analyses ran");
    assertThat(count("fill=\"#0072b2\" fill-opacity=\"0.16\"", dom)).isEqualTo(1);
    assertThat(count("fill=\"#d55e00\" fill-opacity=\"0.16\"", dom)).isEqualTo(1);
  }

  /** Every chart leaves as SVG of paths alone and as PDF; letters without outlines are told. */
  @Test
  void everyChartIsSavedForAPaper() throws IOException, InterruptedException {
    assumeTrue(chromium.isPresent(), "no Chromium here: what is saved is not tested");
    for (Results results :
        List.of(ReportFixture.small(), ReportFixture.hostile(), ReportFixture.awkward())) {
      Path file = folder.resolve("report.html");
      Files.write(file, HtmlReport.render(results, ReportFixture.run()));
      try (Page page = chromium.get().open(file, "#all", 1200, 20000)) {
        JsonNode saved =
            page.run(
                "(async () => { const saved = [], faults = [];"
                    + "addEventListener('unhandledrejection', (e) => faults.push(String(e.reason)));"
                    + "addEventListener('error', (e) => faults.push(e.message));"
                    + "URL.createObjectURL = (blob) => { saved.push(blob); return '#'; };"
                    + "const buttons = [...document.querySelectorAll('.tools button')]"
                    + ".filter((b) => b.textContent === 'SVG' || b.textContent === 'PDF');"
                    + "for (const b of buttons) { b.click();"
                    + " for (let i = 0; i < 200 && saved.length + faults.length < 1 +"
                    + " buttons.indexOf(b); i++) await new Promise((d) => setTimeout(d, 10)); }"
                    + "const files = await Promise.all(saved.map((b) => b.text()));"
                    + "const told = [...document.querySelectorAll('figcaption [role=status]')]"
                    + ".map((p) => p.textContent).join('');"
                    + "return {buttons: buttons.length, files, faults, told}; })()");
        assertThat(saved.path("faults")).isEmpty();
        assertThat(saved.path("buttons").asInt()).isGreaterThan(1);
        assertThat(saved.path("files")).hasSize(saved.path("buttons").asInt());
        for (JsonNode written : saved.path("files")) {
          String text = written.asText();
          if (text.startsWith("%PDF-1.")) {
            assertThat(text.stripTrailing()).endsWith("%%EOF");
          } else {
            assertThat(text)
                .startsWith("<?xml")
                .contains("<path")
                .doesNotContain("<text", "<script", "<svg onload")
                .doesNotContainPattern("=\"[^\"<>]*(NaN|undefined|Infinity)");
          }
        }
      }
    }
  }

  /** The figures with the lines that stand under them make a document of LaTeX. */
  @Test
  void figuresStandInALatexDocument() throws IOException, InterruptedException {
    assumeTrue(chromium.isPresent(), "no Chromium here: what is saved is not tested");
    Path latex = Path.of("/usr/bin/pdflatex");
    assumeTrue(Files.isExecutable(latex), "no LaTeX here: figures are not set in a document");
    Path file = folder.resolve("report.html");
    Files.write(file, HtmlReport.render(ReportFixture.small(), ReportFixture.run()));
    StringBuilder document =
        new StringBuilder(
            "\\documentclass{article}\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}"
                + "\\usepackage{textcomp}\\usepackage{graphicx}\\begin{document}\n");
    int figures = 0;
    try (Page page = chromium.get().open(file, "#all", 1200, 20000)) {
      JsonNode saved =
          page.run(
              "(async () => { const all = []; let blob = null;"
                  + "URL.createObjectURL = (b) => { blob = b; return '#'; };"
                  + "for (const words of document.querySelectorAll('.paper')) {"
                  + " const figure = words.closest('.finding');"
                  + " const button = [...figure.querySelectorAll('.tools button')]"
                  + ".find((b) => b.textContent === 'PDF'); if (!button) continue;"
                  + " words.open = true; blob = null; button.click();"
                  + " for (let i = 0; i < 200 && !(blob && words.querySelector('pre')); i++)"
                  + " await new Promise((d) => setTimeout(d, 10));"
                  + " all.push({pdf: await blob.text(),"
                  + " latex: words.querySelectorAll('pre')[1].textContent}); }"
                  + " return all; })()");
      for (JsonNode one : saved) {
        String lines = one.path("latex").asText();
        String name = lines.replaceAll("(?s).*\\{\\{(.*?)\\}\\.pdf\\}.*", "$1");
        Files.writeString(folder.resolve(name + ".pdf"), one.path("pdf").asText());
        document.append(lines).append("\\clearpage\n");
        figures++;
      }
    }
    assertThat(figures).isGreaterThan(1);
    Files.writeString(folder.resolve("paper.tex"), document.append("\\end{document}\n"));
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                latex.toString(), "-interaction=nonstopmode", "-halt-on-error", "paper.tex")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(2, java.util.concurrent.TimeUnit.MINUTES)).isTrue();
    String log = Files.readString(said, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(process.exitValue()).as(log).isZero();
    assertThat(log).contains("(" + figures + " pages").doesNotContain("Missing character");
  }

  /** What a reader does with a map: find, go from hit to hit, choose, zoom, save. */
  @Test
  void findsAndShowsTokensOnAMap() throws IOException, InterruptedException {
    try (Page page = opened(ReportFixture.big(), "tokens.map")) {
      type(page, " thela");
      String found = page.run("map.querySelector('.count').textContent").asText();
      assertThat(found).matches("\\d+ tokens");
      assertThat(page.run("map.querySelectorAll('.hits button').length").asInt()).isEqualTo(8);
      press(page, "Enter");
      assertThat(told(page))
          .matches("1 of " + found + ": \u2423thela, id \\d+, Group .*, norm .* logit");
      assertThat(page.run("map.querySelector('.point-card').textContent").asText())
          .startsWith("\u2423thela");
      press(page, "Enter");
      assertThat(told(page)).startsWith("2 of ");
      type(page, "#3");
      press(page, "Enter");
      assertThat(told(page)).startsWith("1 of 1 token: ").contains("id 3,");
      // The true neighbours of the chosen one, which lead on.
      String near = "[...map.querySelectorAll('.nearest button')].map(b => b.textContent)";
      assertThat(page.run("map.querySelector('.nearest').textContent").asText())
          .contains("by cosine");
      assertThat(page.run(near).size()).isEqualTo(2);
      assertThat(page.run(near + "[1]").asText()).endsWith(" 0.5");
      String before = page.run(near + "[0]").asText();
      page.run("map.querySelectorAll('.nearest button')[0].click()");
      picture(page);
      assertThat(page.run("map.querySelector('.nearest').textContent").asText())
          .contains(before.substring(0, before.lastIndexOf(' ')));
      type(page, "no such token");
      assertThat(page.run("map.querySelector('.count').textContent").asText())
          .isEqualTo("none found");
      press(page, "Escape");
      // Choosing a category, another colouring and another layout draws another picture each time.
      key(page, "0");
      String first = picture(page);
      page.run("map.querySelectorAll('.pick')[3].click()");
      assertThat(page.run("map.querySelectorAll('.pick[aria-pressed=true]').length").asInt())
          .isEqualTo(1);
      String alone = picture(page);
      page.run("map.querySelectorAll('.pick')[3].click()");
      assertThat(picture(page)).isEqualTo(first).isNotEqualTo(alone);
      key(page, "+");
      assertThat(picture(page)).isNotEqualTo(first);
      key(page, "0");
      assertThat(picture(page)).isEqualTo(first);
      page.run(
          "[...map.querySelectorAll('.choice button')].find(b => b.textContent === 'Density').click()");
      assertThat(picture(page)).isNotIn(first, alone);
      assertThat(page.run("map.querySelector('.layout-about').textContent").asText())
          .isEqualTo("By norm.");
      assertThat(page.run("document.body.dataset.errors || ''").asText()).isEmpty();
    }
  }

  /** A lasso, another metric and the address, which shows all of it again. */
  @Test
  void selectsTokensAndKeepsThemInTheAddress() throws IOException, InterruptedException {
    String address;
    String told;
    try (Page page = opened(ReportFixture.big(), "tokens.map")) {
      picture(page);
      page.run(
          "(() => { const points = map.querySelector('.points');"
              // Nobody's finger is down.
              + "points.setPointerCapture = () => {};"
              + "const a = points.getBoundingClientRect();"
              + "const send = (type, x, y) => points.dispatchEvent(new PointerEvent(type, {pointerId: 1,"
              + " shiftKey: true, clientX: a.left + x * a.width, clientY: a.top + y * a.height}));"
              + "send('pointerdown', 0.5, 0.1); send('pointermove', 0.7, 0.1);"
              + "send('pointermove', 0.7, 0.6); send('pointermove', 0.5, 0.6);"
              + "send('pointerup', 0.5, 0.6); })()");
      picture(page);
      told = page.run("map.querySelector('.selection [role=status]').textContent").asText();
      assertThat(told).matches("[\\d,]+ tokens selected");
      assertThat(page.run("map.querySelectorAll('.selection tbody tr').length").asInt())
          .isEqualTo(10);
      String byCosine = picture(page);
      press(page, "map", "distance");
      assertThat(picture(page)).isNotEqualTo(byCosine);
      assertThat(page.run("map.querySelector('.layout-about').textContent").asText())
          .isEqualTo("By distance.");
      press(page, "map", "Norm");
      type(page, "#12");
      press(page, "Enter");
      picture(page);
      assertThat(page.run("map.querySelector('.nearest').textContent").asText())
          .contains("by distance")
          .endsWith(" 1.25");
      page.run("(async () => new Promise((done) => setTimeout(done, 500)))()");
      address = page.run("location.hash").asText();
      assertThat(address)
          .startsWith("#f-tokens.map?")
          .contains("metric=distance", "colour=Norm", "find=%2312", "lasso=0%2C");
      assertThat(page.run("document.body.dataset.errors || ''").asText()).isEmpty();
    }
    Path file = folder.resolve("report.html");
    try (Page page = chromium.orElseThrow().open(file, address, 1200, 1000)) {
      page.run("var map = document.getElementById('f-tokens.map');");
      picture(page);
      assertThat(page.run("map.querySelector('.selection [role=status]').textContent").asText())
          .isEqualTo(told);
      assertThat(page.run("map.querySelector('input').value").asText()).isEqualTo("#12");
      String pressed =
          page.run(
                  "[...map.querySelectorAll('.choice [aria-pressed=true]')]"
                      + ".map((b) => b.textContent).join()")
              .asText();
      assertThat(pressed).isEqualTo("Map,distance,Norm");
      // An address that fits nothing shows the map as it is at first.
      page.run(
          "location.hash = '#f-tokens.map?metric=none&lasso=9,1,x&at=a,b&id=-3&colour=%3Cb%3E&only=99'");
      picture(page);
      assertThat(page.run("map.querySelectorAll('.selection *').length").asInt()).isZero();
      assertThat(page.run("document.body.dataset.errors || ''").asText()).isEmpty();
    }
  }

  /** What is chosen on one of two maps of the same tokens shows on the other. */
  @Test
  void twoModelsMapsAreLinked() throws IOException, InterruptedException {
    Scatter map = (Scatter) ReportFixture.big().find("tokens.map").orElseThrow();
    Scatter own =
        new Scatter(
            "embedding_map.embedding",
            map.title(),
            map.point(),
            map.ids(),
            map.labels(),
            map.layouts(),
            map.colourings(),
            map.neighbours(),
            map.reading());
    Results results =
        Comparison.of(
            List.of(
                MadeRun.of("a", "BERT").with(own).results(),
                MadeRun.of("b", "BERT").with(own).results()));
    try (Page page = opened(results, "compare.tokens.2-1.a")) {
      page.run(
          "var other = document.getElementById('f-compare.tokens.2-1.b');"
              + "other.querySelector('.canvas').draw()");
      type(page, "#3");
      press(page, "Enter");
      picture(page);
      String name = page.run("map.querySelector('.nearest').textContent").asText();
      assertThat(name).startsWith("Truly nearest to ");
      assertThat(page.run("other.querySelector('.nearest').textContent").asText()).isEqualTo(name);
      assertThat(page.run("document.body.dataset.errors || ''").asText()).isEmpty();
    }
  }

  @Test
  void hostileTokensAreTextWhereverTheyShow() throws IOException, InterruptedException {
    try (Page page = opened(ReportFixture.hostile(), "hostile.scatter")) {
      type(page, "found");
      StringBuilder all = new StringBuilder();
      for (int i = 1; i < TokenFixture.HOSTILE.size(); i++) {
        press(page, "Enter");
        assertThat(told(page)).startsWith(i + " of 8 ");
        all.append(told(page)).append('\n');
      }
      type(page, "#8");
      press(page, "Enter");
      all.append(told(page));
      page.run("map.querySelector('.data summary').click()");
      assertThat(all.toString())
          .contains("<img src=x onerror=", "\\u001b[31mred", "\\u202egpj.exe", "found\\ud800")
          .contains("\\udc00found", "found\\r\\n\\u0000\\u2028", "\u2423\u2423found\u2423")
          .contains("(10,005 characters)", "(empty)");
      assertThat(all).hasSizeLessThan(6000);
      // Nothing of it became an element, ran, or turns text around.
      String body = page.run("document.body.innerText").asText();
      assertThat(body).doesNotContain("\u202e", "\u001b", "\u2028");
      assertThat(page.run("document.querySelectorAll('img, b b, i, u').length").asInt()).isZero();
      assertThat(page.run("document.body.dataset.errors || ''").asText()).isEmpty();
      assertThat(page.run("document.documentElement.scrollWidth <= innerWidth").asBoolean())
          .as("no token makes the page wider than the window")
          .isTrue();
    }
  }

  /** A report with {@code map} standing for one of its figures, in view. */
  private Page opened(Results results, String finding) throws IOException, InterruptedException {
    assumeTrue(chromium.isPresent(), "no Chromium here: what maps do is not tested");
    Path page = folder.resolve("report.html");
    Files.write(page, HtmlReport.render(results, ReportFixture.run()));
    Page opened = chromium.get().open(page, "", 1200, 1000);
    opened.run(
        "var map = document.getElementById('f-"
            + finding
            + "'); map.scrollIntoView();"
            + "map.querySelector('.canvas').draw()");
    return opened;
  }

  private static void type(Page page, String text) throws IOException, InterruptedException {
    page.run(
        "(async () => { const box = map.querySelector('input'); box.value = '"
            + text
            + "'; box.dispatchEvent(new Event('input'));"
            + "await new Promise((done) => setTimeout(done, 200)); })()");
  }

  private static void press(Page page, String key) throws IOException, InterruptedException {
    page.run(
        "(async () => { map.querySelector('input').dispatchEvent(new KeyboardEvent('keydown', {key: '"
            + key
            + "'})); await new Promise((done) => setTimeout(done, 100)); })()");
  }

  /** Presses the button of that name. */
  private static void press(Page page, String in, String name)
      throws IOException, InterruptedException {
    page.run(
        "[..."
            + in
            + ".querySelectorAll('.choice button')].find(b => b.textContent === '"
            + name
            + "').click()");
  }

  private static void key(Page page, String key) throws IOException, InterruptedException {
    page.run(
        "map.querySelector('.points').dispatchEvent(new KeyboardEvent('keydown', {key: '"
            + key
            + "'}))");
  }

  private static String told(Page page) throws IOException, InterruptedException {
    return page.run("map.querySelector('[role=status]').textContent").asText();
  }

  private static String picture(Page page) throws IOException, InterruptedException {
    return page.run(
            "(async () => { await new Promise((done) => setTimeout(done, 100));"
                + "return map.querySelector('.points').toDataURL(); })()")
        .asText();
  }

  /** Opens a report and checks that its scripts ran to the end without a fault. */
  private String open(Results results) throws IOException, InterruptedException {
    assumeTrue(
        chromium.isPresent(),
        "no Chromium here: the report's structure is tested, its picture is not");
    Path page = folder.resolve("report.html");
    Files.write(page, HtmlReport.render(results, ReportFixture.run()));
    String dom;
    try (Page opened = chromium.get().open(page, "#all", 1200, 20000)) {
      dom = opened.document();
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

  /** What a page shows of one finding. */
  private static String finding(String id, String dom) {
    int from = dom.indexOf("id=\"f-" + id + "\"");
    assertThat(from).as(id).isPositive();
    int next = dom.indexOf("id=\"f-words.", from + 1);
    return dom.substring(from, next < 0 ? dom.length() : next);
  }

  private static int count(String pattern, String text) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }
}
