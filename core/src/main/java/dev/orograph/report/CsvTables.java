package dev.orograph.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.Text;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code tables/<id>.csv}: every table in full precision, after RFC 4180 (comma, double quotes, CR
 * LF), with a header row.
 *
 * <p>Text cells come from strangers' checkpoints. One that a spreadsheet would run as a formula
 * ({@code = + - @}, tab or CR at its start) gets a leading apostrophe, and control characters and
 * bidirectional marks are spelled out as {@code \}{@code u001b}. Numbers are never touched. The
 * exact text is in {@code results.json}.
 */
public final class CsvTables {
  private static final String FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20";
  private static final int MAX_NAME = 180;

  private CsvTables() {}

  /** Every table by its path inside the run folder, in the order of the report. */
  public static Map<String, byte[]> files(Results results) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, String> names = names(results);
    for (Section section : results.sections()) {
      for (Finding finding : section.findings()) {
        if (finding instanceof Table table) {
          files.put(names.get(table.id()), write(table));
        }
      }
    }
    return files;
  }

  /** One table as UTF-8 CSV. */
  public static byte[] write(Table table) {
    StringBuilder out = new StringBuilder();
    row(table.columns(), out);
    for (List<Object> row : table.rows()) {
      row(row, out);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Table id to path inside the run folder. Characters that are not letters, digits, dot, hyphen or
   * underscore become an underscore, so that no id can leave the folder; names that would then
   * coincide, also where case does not count, get a number.
   */
  static Map<String, String> names(Results results) {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (Section section : results.sections()) {
      for (Finding finding : section.findings()) {
        if (finding instanceof Table table) {
          String base = table.id().replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_");
          base = base.substring(0, Math.min(base.length(), MAX_NAME));
          String name = base;
          for (int n = 2; !taken.add(name.toLowerCase(Locale.ROOT)); n++) {
            name = base + "-" + n;
          }
          names.put(table.id(), "tables/" + name + ".csv");
        }
      }
    }
    return names;
  }

  private static void row(List<?> cells, StringBuilder out) {
    for (int i = 0; i < cells.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      out.append(cell(cells.get(i)));
    }
    out.append("\r\n");
  }

  private static String cell(Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Double d) {
      return NumberOutput.toString(d, true);
    }
    if (!(value instanceof String text)) {
      return value.toString();
    }
    String shown = Text.whole(text);
    if (!text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0) {
      shown = "'" + shown;
    }
    boolean quote =
        shown.indexOf(',') >= 0 || shown.indexOf('"') >= 0 || !shown.strip().equals(shown);
    return quote ? '"' + shown.replace("\"", "\"\"") + '"' : shown;
  }
}
