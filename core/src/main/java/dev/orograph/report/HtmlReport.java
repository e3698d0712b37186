package dev.orograph.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.survey.Citation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code report.html}: the results for people, as one file that needs nothing else.
 *
 * <p>Style sheet, program, ECharts and data stand inside the file. A content policy allows exactly
 * these scripts and this style sheet, by their SHA-256, and nothing from any network. The data are
 * JSON in an element that browsers do not run, with every character escaped that could end it, and
 * the program puts names into the page as text only: a tensor called {@code </script>} is shown,
 * not obeyed.
 */
public final class HtmlReport {
  static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.5.0/echarts.min.js";

  /**
   * Of {@link #ECHARTS}: to hash a megabyte takes long before Java has compiled the hash. A browser
   * refuses any other script.
   */
  static final String ECHARTS_SHA256 = "QvgynZibb2U53SsVu98NggJXYqwRL7tg3FeyfXvPOUY=";

  private static final List<String> TOLD =
      List.of(
          "version",
          "java",
          "machine",
          "started",
          "seconds",
          "peak_memory_bytes",
          "settings",
          "arrays",
          "timings");
  private static final Pattern SLOT = Pattern.compile("\\{\\{(\\w+)\\}\\}");

  private HtmlReport() {}

  /**
   * The report.
   *
   * @param results what was found
   * @param run the content of {@code run.json}: version, java, machine, started, seconds, settings,
   *     arrays, timings; any of them may be missing, and so may the whole (null)
   * @return the bytes of an HTML file, UTF-8
   * @throws IllegalStateException if a number is NaN or infinite, naming the finding
   */
  public static byte[] render(Results results, JsonNode run) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    JsonNode told = ResultsJson.tree(results);
    PackedNumbers.packScatters(told);
    data.set("results", told);
    data.set("run", told(run));
    ObjectNode files = data.putObject("files");
    CsvTables.names(results).forEach(files::put);
    cite(data.putObject("cite"), results, run);

    return fill(
        Frame.TEMPLATE,
        Map.of(
            "policy", bytes(Frame.POLICY),
            "style", bytes(Frame.STYLE),
            "echarts", Frame.ECHARTS,
            "data", bytes(JsonText.forMarkup(data)),
            "program", bytes(Frame.PROGRAM)));
  }

  /** Reads ahead what every report contains; a caller with time to spare saves it later. */
  public static void prepare() {
    if (Frame.TEMPLATE.isEmpty()) {
      throw new IllegalStateException("the template is empty");
    }
  }

  /** What every report contains, read and hashed once. */
  private static final class Frame {
    static final String TEMPLATE = text("report.html");
    static final String STYLE = inElement(text("report.css"), "style");
    static final byte[] ECHARTS = resource(HtmlReport.ECHARTS);
    static final String PROGRAM =
        inElement(ReportProgram.join("page", name -> text("js/" + name + ".js")), "script");
    static final String POLICY =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src " + source(ECHARTS_SHA256) + " " + source(sha256(PROGRAM)),
            "style-src " + source(sha256(STYLE)),
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'");
  }

  /** What a paper says of the figures of each section. */
  private static void cite(ObjectNode cite, Results results, JsonNode run) {
    Citation citation = Citation.of(results, run);
    cite.put("program", Citation.program());
    ObjectNode captions = cite.putObject("captions");
    ObjectNode methods = cite.putObject("methods");
    for (Section s : results.sections()) {
      captions.put(s.id(), citation.caption(s.id()));
      methods.put(s.id(), Citation.methods(s.id()));
    }
  }

  /** What a report tells of its run; paths and whatever else run.json may hold stay at home. */
  private static JsonNode told(JsonNode run) {
    ObjectNode told = JsonNodeFactory.instance.objectNode();
    if (run != null) {
      for (String field : TOLD) {
        if (run.has(field)) {
          told.set(field, run.get(field));
        }
      }
    }
    return told;
  }

  /** Fills the template in one pass, so that nothing inside a value is taken for a slot. */
  private static byte[] fill(String template, Map<String, byte[]> values) {
    ByteArrayOutputStream page = new ByteArrayOutputStream(2 << 20);
    Matcher slot = SLOT.matcher(template);
    int from = 0;
    while (slot.find()) {
      page.writeBytes(bytes(template.substring(from, slot.start())));
      page.writeBytes(values.get(slot.group(1)));
      from = slot.end();
    }
    page.writeBytes(bytes(template.substring(from)));
    return page.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Our own files must not contain what ends or changes the element they stand in. */
  private static String inElement(String text, String element) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("</" + element) || lower.contains("<!--")) {
      throw new IllegalStateException("text for a " + element + " element would end it early");
    }
    return text;
  }

  /** The hash source of a content policy for an inline element. */
  private static String source(String sha256) {
    return "'sha256-" + sha256 + "'";
  }

  private static String sha256(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes(text));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** One of our own files, with the line ends that a browser will see. */
  private static String text(String name) {
    return new String(resource(name), StandardCharsets.UTF_8)
        .replace("\r\n", "\n")
        .replace('\r', '\n');
  }

  /** A file from the class path. */
  private static byte[] resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
