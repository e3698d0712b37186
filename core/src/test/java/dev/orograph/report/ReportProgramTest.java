package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportProgramTest {
  private static final Map<String, String> SOUND =
      Map.of(
          "numbers",
          "const half = (v) => v / 2;\nexport const twice = (v) => half(4 * v);\n"
              + "export function last(list) {\n  return list[list.length - 1];\n}\n",
          "page",
          "import { twice, last } from './numbers.js';\n\n"
              + "document.title = String(twice(last([1, 2])));\n");

  @Test
  void everyFileOfTheReportIsReadAndClean() throws IOException, URISyntaxException {
    Map<String, String> files = new TreeMap<>();
    Path folder = Path.of(HtmlReport.class.getResource("js/page.js").toURI()).getParent();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString().replace(".js", ""), Files.readString(file));
      }
    }
    assertThat(files).hasSizeGreaterThan(30);
    assertThat(ModuleLint.faults(files, "page")).isEmpty();
    files.forEach((name, text) -> assertThat(text).as(name).startsWith("/*\n * "));
  }

  /** Each fault that the linter is there for is planted once into a sound program, and found. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "numbers | half(4 * v)   | halve(4 * v)           | UNDEFINED_VARIABLE",
        "page    | { twice, last } | { twice }            | UNDEFINED_VARIABLE",
        "page    | last([1, 2])  | last([1, name])        | UNDEFINED_VARIABLE",
        "page    | { twice,      | { half, twice,         | DOES_NOT_HAVE_EXPORT",
        "page    | ./numbers.js  | ./number.js            | MODULE_LOAD",
        "page    | twice(last([1, 2])) | last([1, 2])     | EXTRA_REQUIRE",
        "numbers | const half    | const third = 3; const half | UNUSED_LOCAL",
        "numbers | return list   | const n = 1; return list | UNUSED_LOCAL",
        "numbers | const half    | function third() {} const half | UNUSED_FUNCTION third",
        "numbers | const half    | function f(v) { return f(v); } const half | UNUSED_FUNCTION f",
        "numbers | const half    | export const third = 3; const half | UNUSED_EXPORT third",
        "numbers | const half    | const half = 2; const half | REDECLARED_VARIABLE",
        "numbers | const half    | function last() {} const half | REDECLARED_VARIABLE",
        "numbers | return list   | twice = 1; return list | REASSIGNED_CONSTANT",
        "numbers | return list   | first(); const first = 1; return list | BEFORE_DECLARE",
        "numbers | return list   | return 1; return list  | UNREACHABLE_CODE",
        "numbers | return list   | list.length; return list | USELESS_CODE",
        "numbers | (v) => v / 2  | (v) => ({ a: v, a: 2 }) | DUPLICATE",
        "numbers | return list   | switch (list) { case 1: return 1; case 1: return 2; } return"
            + " list | DUPLICATE_CASE",
        "numbers | return list   | debugger; return list  | DEBUGGER",
        "numbers | (v) => v / 2  | (v) => v / / 2         | PARSE_ERROR",
      })
  void aPlantedFaultIsFound(String file, String text, String instead, String fault) {
    assertThat(ModuleLint.faults(SOUND, "page")).isEmpty();
    Map<String, String> planted = new TreeMap<>(SOUND);
    assertThat(planted.get(file)).contains(text);
    planted.computeIfPresent(file, (name, all) -> all.replace(text, instead));
    assertThat(ModuleLint.faults(planted, "page")).anyMatch(f -> f.contains(fault));
  }

  @Test
  void aFileThatNobodyImportsIsFound() {
    Map<String, String> more = new TreeMap<>(SOUND);
    more.put("forgotten", "document.title = '';\n");
    assertThat(ModuleLint.faults(more, "page")).containsExactly("forgotten.js: UNUSED_FILE");
  }

  @Test
  void joinsWhatIsNeededOnceAndBeforeItIsNeeded() {
    List<String> read = new ArrayList<>();
    Map<String, String> modules =
        Map.of(
            "page",
            "import './first.js';\n"
                + "import { b } from './b.js';\n"
                + "import { a } from './a.js';\n"
                + "run(a, b);\n",
            "first",
            "/* start */\n",
            "b",
            "import { a } from './a.js';\nconst own = 2;\nexport const b = a + own;\n",
            "a",
            "const own = 1;\nexport function a() {\n  return own;\n}\nexport const more = 1;\n");
    String script =
        ReportProgram.join(
            "page",
            name -> {
              read.add(name);
              return modules.get(name);
            });
    assertThat(read).containsExactly("page", "first", "b", "a");
    assertThat(script)
        .isEqualTo(
            "'use strict';\n"
                + "(() => {\n"
                + "(() => {\n"
                + "/* start */\n"
                + "})();\n"
                + "const { a, more } = (() => {\n"
                + "const own = 1;\n"
                + "function a() {\n"
                + "  return own;\n"
                + "}\n"
                + "const more = 1;\n"
                + "return { a, more };\n"
                + "})();\n"
                + "const { b } = (() => {\n"
                + "const own = 2;\n"
                + "const b = a + own;\n"
                + "return { b };\n"
                + "})();\n"
                + "(() => {\n"
                + "run(a, b);\n"
                + "})();\n"
                + "})();\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import * as all from './a.js';",
        "import { a as b } from './a.js';",
        "import a from './a.js';",
        "import { a } from '../a.js';",
        "export default 1;",
        "export { a };",
        "export let a = 1;",
        "export const { a, b } = c;",
      })
  void refusesAFormThatItDoesNotKnow(String line) {
    assertThatIllegalStateException()
        .isThrownBy(() -> ReportProgram.join("page", name -> line + "\n"))
        .withMessageContaining("page.js")
        .withMessageContaining(line);
  }

  @Test
  void refusesACircle() {
    Map<String, String> modules =
        Map.of("a", "import { b } from './b.js';\n", "b", "import { a } from './a.js';\n");
    assertThatIllegalStateException()
        .isThrownBy(() -> ReportProgram.join("a", modules::get))
        .withMessageContaining("circle: [a, b]");
  }
}
