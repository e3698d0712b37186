package dev.orograph.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.finding.Finding;
import dev.orograph.finding.Results;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.input.Text;
import dev.orograph.survey.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTablesTest {
  @Test
  void writesAHeaderAndFullPrecision() {
    Table table =
        new Table(
            "t",
            "T",
            List.of("name", "value", "count", "ok"),
            List.of("", "", "", ""),
            List.of(
                List.of("plain", 0.1 + 0.2, 12345678901L, true),
                Arrays.asList("a,b \"c\"", null, null, false)));
    assertThat(text(table))
        .isEqualTo(
            "name,value,count,ok\r\n"
                + "plain,0.30000000000000004,12345678901,true\r\n"
                + "\"a,b \"\"c\"\"\",,,false\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"})
  void neutralisesFormulas(String cell) {
    String line = text(one(cell)).lines().skip(1).findFirst().orElseThrow();
    assertThat(line).matches("\"?'.*");
  }

  @Test
  void leavesNumbersAlone() {
    assertThat(text(one(-1.5))).isEqualTo("a\r\n-1.5\r\n");
    assertThat(text(one(-3L))).isEqualTo("a\r\n-3\r\n");
  }

  @Test
  void spellsOutControlCharacters() {
    String csv = text((Table) ReportFixture.hostile().find("hostile.table").orElseThrow());
    assertThat(csv)
        .contains("\\u001b[31mred")
        .contains("a\\u202egpj.exe")
        .contains("lone \\ud800 surrogate")
        .contains("\"line\\r\\nbreak,\"\"quoted\"\"\"")
        .contains("'=cmd|' /C calc'!A0");
    assertThat(csv.replace("\r\n", "").codePoints().filter(c -> !Text.printable(c))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "spectra.matrices, tables/spectra.matrices.csv",
    "../../etc/passwd, tables/__.._etc_passwd.csv",
    "a/b\\c:d, tables/a_b_c_d.csv",
    ".hidden, tables/_hidden.csv",
  })
  void namesStayInsideTheFolder(String id, String path) {
    Results results = of(new Table(id, "", List.of("a"), List.of(""), List.of()));
    assertThat(CsvTables.files(results)).containsOnlyKeys(path);
  }

  @Test
  void namesDoNotCoincideEvenWhereCaseDoesNotCount() {
    Results results =
        of(
            new Table("a/b", "", List.of("a"), List.of(""), List.of()),
            new Table("A_b", "", List.of("a"), List.of(""), List.of()));
    assertThat(CsvTables.files(results).keySet())
        .containsExactly("tables/a_b.csv", "tables/A_b-2.csv");
  }

  @Test
  void writesEveryTableIntoTheRunFolder(@TempDir Path run) throws IOException {
    RunFolder.write(run, CsvTables.files(ReportFixture.big()));
    RunFolder.write(run, CsvTables.files(ReportFixture.big()));
    try (Stream<Path> files = Files.list(run.resolve("tables"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("spectra.matrices.csv", "sparsity.stacks.csv");
    }
    assertThat(Files.readAllLines(run.resolve("tables/spectra.matrices.csv"))).hasSize(1 + 528);
  }

  private static Table one(Object cell) {
    return new Table("t", "", List.of("a"), List.of(""), List.of(List.of(cell)));
  }

  private static String text(Table table) {
    return new String(CsvTables.write(table), StandardCharsets.UTF_8);
  }

  private static Results of(Finding... findings) {
    return Results.of(
        new Results.ModelCard("m", "f", Map.of(), "", ""),
        Map.of(),
        List.of(),
        List.of(new Section("s", "", "", "", "", "", List.of(findings))));
  }
}
