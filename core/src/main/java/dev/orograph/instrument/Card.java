package dev.orograph.instrument;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Section;
import java.util.List;

/**
 * What an instrument is, for {@code list} and {@code explain}.
 *
 * @param id stable short name
 * @param title heading
 * @param unit unit of its pieces of work ("matrix")
 * @param version of its formulas: raised when a figure is computed differently, so that what was
 *     measured before is measured anew
 * @param measures one line: what it measures
 * @param method the method in two sentences, formulas included
 * @param source where it comes from
 * @param limits what it does not show
 * @param references literature
 */
public record Card(
    String id,
    String title,
    String unit,
    int version,
    String measures,
    String method,
    String source,
    String limits,
    List<String> references) {
  /**
   * What the instrument found, under its own heading, method, source and limits.
   *
   * @param summary one paragraph in words, numbers included
   * @param findings in the order in which they are shown
   */
  public Section section(String summary, List<Finding> findings) {
    return new Section(id, title, summary, method, source, limits, findings);
  }
}
