package dev.orograph.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The report's program as one script, joined from its files, which are ECMAScript modules: every
 * editor and linter knows them, and what a file needs of another stands in its first lines. A page
 * opened from a disk cannot load modules, so they are put one behind the other, in the order in
 * which a browser would run them.
 *
 * <p>A module becomes a function that is called once; what it exports becomes a constant of the
 * script, everything else stays inside. So the names that modules export are unique, and only these
 * forms are known, each at the start of a line:
 *
 * <pre>{@code
 * import { a, b } from './file.js';
 * import './file.js';
 * export const a = ...
 * export function b(...
 * }</pre>
 */
final class ReportProgram {
  private static final Pattern IMPORT =
      Pattern.compile("import (?:\\{ \\w+(?:, \\w+)* } from )?'\\./([\\w-]+)\\.js';");
  private static final Pattern EXPORT = Pattern.compile("export ((?:const|function) (\\w+)\\b.*)");

  private final UnaryOperator<String> source;
  private final StringBuilder script = new StringBuilder(1 << 18);
  private final Set<String> begun = new LinkedHashSet<>();
  private final Set<String> joined = new LinkedHashSet<>();

  private ReportProgram(UnaryOperator<String> source) {
    this.source = source;
  }

  /**
   * A module and all that it needs, as one script.
   *
   * @param module name of the module that runs last, without {@code .js}
   * @param source the text of a module by its name
   * @throws IllegalStateException for modules that need each other in a circle, or a form of import
   *     or export that is not known
   */
  static String join(String module, UnaryOperator<String> source) {
    ReportProgram program = new ReportProgram(source);
    program.script.append("'use strict';\n(() => {\n");
    program.add(module);
    return program.script.append("})();\n").toString();
  }

  private void add(String module) {
    if (joined.contains(module)) {
      return;
    }
    if (!begun.add(module)) {
      throw new IllegalStateException("modules need each other in a circle: " + begun);
    }
    List<String> exports = new ArrayList<>();
    StringBuilder body = new StringBuilder();
    source
        .apply(module)
        .lines()
        .forEach(
            line -> {
              if (line.startsWith("import ")) {
                add(match(IMPORT, module, line).group(1));
              } else if (line.startsWith("export ")) {
                Matcher export = match(EXPORT, module, line);
                exports.add(export.group(2));
                body.append(export.group(1)).append('\n');
              } else {
                body.append(line).append('\n');
              }
            });
    String names = "{ " + String.join(", ", exports) + " }";
    script.append(exports.isEmpty() ? "" : "const " + names + " = ").append("(() => {\n");
    script.append(body).append(exports.isEmpty() ? "" : "return " + names + ";\n");
    script.append("})();\n");
    joined.add(module);
  }

  private static Matcher match(Pattern form, String module, String line) {
    Matcher matcher = form.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException(module + ".js: not a form that can be joined: " + line);
    }
    return matcher;
  }
}
