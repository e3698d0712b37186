package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.finding.ReferenceModels;
import dev.orograph.finding.ReferenceModels.Reference;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceFileTest {
  @TempDir private Path folder;

  private static Reference model(String print) {
    return new Reference("a " + print, "encoder", print, Map.of("qk.x.score", 0.25, "b", -1e-3));
  }

  @Test
  void whatIsAddedIsRead() {
    Path file = folder.resolve("data").resolve("reference.json");
    ReferenceFile.add(file, model("1"));
    ReferenceModels two = ReferenceFile.add(file, model("2"));
    assertThat(two.models()).containsExactly(model("1"), model("2"));
    assertThat(ReferenceFile.read(file)).isEqualTo(two);
    assertThat(ReferenceFile.add(file, model("1")).models()).hasSize(2);
  }

  /** The shipped models are there, of more than one kind, and no untrained one is among them. */
  @Test
  void theShippedOnes() {
    ReferenceModels shipped = ReferenceFile.shipped();
    assertThat(shipped.models()).hasSizeGreaterThanOrEqualTo(ReferenceModels.FEWEST);
    assertThat(shipped.models()).extracting(Reference::kind).contains("encoder", "decoder");
    assertThat(shipped.models()).allMatch(m -> m.effects().size() > 20);
    assertThat(shipped.models()).noneMatch(m -> m.name().contains("untrained"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"schema\": \"orograph.results\", \"version\": 1, \"models\": []}",
        "{\"schema\": \"orograph.reference\", \"version\": 2, \"models\": []}",
        "{\"schema\": \"orograph.reference\", \"version\": 1, \"models\": [{\"name\": 1}]}",
        "{\"schema\": \"orograph.reference\", \"version\": 1, \"models\": [{\"name\": \"a\","
            + " \"kind\": \"b\", \"fingerprint\": \"c\", \"effects\": {\"d\": \"e\"}}]}",
      })
  void whatIsNoneIsRefused(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("reference.json"), text);
    assertThatThrownBy(() -> ReferenceFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("reference.json");
    assertThatThrownBy(() -> ReferenceFile.add(file, model("1")))
        .isInstanceOf(InputException.class);
    assertThat(file).as("left as it was").hasContent(text);
  }
}
