package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.finding.Results;
import dev.orograph.finding.Scalar;
import dev.orograph.finding.Section;
import dev.orograph.input.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
  private static final Pattern POLICY =
      Pattern.compile("<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\">");
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");

  @Test
  void allowsExactlyItsOwnScriptsAndStyleByHash() throws NoSuchAlgorithmException {
    String html = render(ReportFixture.small(), ReportFixture.run());
    String policy = first(POLICY, html);
    assertThat(policy)
        .contains("default-src 'none'")
        .contains("base-uri 'none'")
        .contains("form-action 'none'")
        .doesNotContain("unsafe")
        .doesNotContain("*")
        .doesNotContain("http");
    List<String> expected = new ArrayList<>();
    for (String script : all(Pattern.compile("(?s)<script>(.*?)</script>"), html)) {
      expected.add("script-src " + hash(script));
    }
    assertThat(expected).hasSize(2);
    assertThat(policy)
        .contains(expected.get(0) + " " + expected.get(1).substring("script-src ".length()) + ";")
        .contains("style-src " + hash(first(Pattern.compile("(?s)<style>(.*?)</style>"), html)));
    assertThat(html.indexOf("Content-Security-Policy")).isLessThan(html.indexOf("<style>"));
  }

  @Test
  void namesCannotLeaveTheData() throws IOException {
    String html = render(ReportFixture.hostile(), null);
    String data = first(DATA, html);
    assertThat(data).doesNotContain("<").doesNotContain(">").doesNotContain("&");
    assertThat(data.codePoints().filter(c -> !Text.printable(c))).isEmpty();
    JsonNode results = new ObjectMapper().readTree(data).path("results");
    assertThat(results.path("model").path("name").asText())
        .isEqualTo(ReportFixture.hostile().model().name());
    String rest = html.replace(data, "").replaceAll("(?s)<script>.*?</script>", "");
    assertThat(rest).doesNotContain("onerror").doesNotContain("owned").doesNotContain("<img");
  }

  @Test
  void reachesForNothingOutsideItself() {
    String html = render(ReportFixture.small(), ReportFixture.run());
    String withoutPrograms = html.replaceAll("(?s)<script>.*?</script>", "");
    List<String> addresses = all(Pattern.compile("(https?://[^\\s\"')]+)"), withoutPrograms);
    assertThat(addresses).allMatch(a -> a.startsWith("http://www.w3.org/2000/svg"));
    assertThat(withoutPrograms)
        .doesNotContain("@import")
        .doesNotContain("<link rel=\"stylesheet")
        .doesNotContain("<iframe")
        .doesNotContainPattern("src=[\"'](?!data:)")
        .doesNotContainPattern("url\\((?!data:)");
    String program = all(Pattern.compile("(?s)<script>(.*?)</script>"), html).get(1);
    assertThat(program)
        .doesNotContain("innerHTML")
        .doesNotContain("insertAdjacentHTML")
        .doesNotContain("document.write")
        .doesNotContain("eval(")
        .doesNotContain("fetch(")
        .doesNotContain("XMLHttpRequest")
        .doesNotContain("localStorage");
  }

  @Test
  void isTheSameTextForTheSameResultsAndSmallEnough() {
    String html = render(ReportFixture.big(), ReportFixture.run());
    assertThat(html).isEqualTo(render(ReportFixture.big(), ReportFixture.run()));
    assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(5_000_000);
    assertThat(html).startsWith("<!doctype html>").doesNotContainPattern("\\{\\{\\w+}}");
  }

  @Test
  void tellsNoPathsOfTheRun() {
    String html =
        render(ReportFixture.small(), ReportFixture.run().put("path", "/home/somebody/secret"));
    assertThat(html).doesNotContain("somebody").contains("SkylakeX");
  }

  @Test
  void refusesWhatIsNotFinite() {
    Results results =
        Results.of(
            new Results.ModelCard("m", "f", Map.of(), "", ""),
            Map.of(),
            List.of(),
            List.of(
                new Section(
                    "s",
                    "",
                    "",
                    "",
                    "",
                    "",
                    List.of(Scalar.plain("bad.one", "", Double.NaN, "1", "")))));
    assertThatIllegalStateException()
        .isThrownBy(() -> render(results, null))
        .withMessageContaining("bad.one");
  }

  @Test
  void chartsAreTheScriptThatThePolicyNames() throws IOException, NoSuchAlgorithmException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(HtmlReport.ECHARTS)) {
      String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(hash(script)).isEqualTo("'sha256-" + HtmlReport.ECHARTS_SHA256 + "'");
      assertThat(script.toLowerCase(Locale.ROOT)).doesNotContain("</script", "<!--", "\r");
    }
  }

  private static String render(Results results, JsonNode run) {
    return new String(HtmlReport.render(results, run), StandardCharsets.UTF_8);
  }

  private static String hash(String text) throws NoSuchAlgorithmException {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }

  private static String first(Pattern pattern, String text) {
    return all(pattern, text).get(0);
  }

  private static List<String> all(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
