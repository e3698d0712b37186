package dev.orograph.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubNameTest {
  @ParameterizedTest
  @CsvSource({
    "gpt2, gpt2, main, models--gpt2",
    "google-t5/t5-small, google-t5/t5-small, main, models--google-t5--t5-small",
    "org/Model_1.5-B@v1.0, org/Model_1.5-B, v1.0, models--org--Model_1.5-B",
    "org/model@refs/pr/1, org/model, refs/pr/1, models--org--model",
    "_a/b_@0123abcd, _a/b_, 0123abcd, models--_a--b_"
  })
  void namesAreRead(String text, String id, String revision, String entry) {
    HubName name = HubName.parse(text);
    assertThat(name.id()).isEqualTo(id);
    assertThat(name.revision()).isEqualTo(revision);
    assertThat(name.entry()).isEqualTo(entry);
    assertThat(HubName.parse(name.toString())).isEqualTo(name);
    assertThat(HubName.possible(Path.of(text))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/org/model",
        "org/",
        "/model",
        "a/b/c",
        "org//model",
        "..",
        "../model",
        "org/..",
        "org/.model",
        "org/model.",
        "-org/model",
        "org/mo--del",
        "org/mo..del",
        "org/model.git",
        "org\\model",
        "org/mod el",
        "org/model\u0000",
        "org/model\n",
        "org/m\u00f6del",
        "org/model@",
        "org/model@..",
        "org/model@a..b",
        "org/model@/a",
        "org/model@a/",
        "org/model@a//b",
        "org/model@.a",
        "org/model@a/.b",
        "org/model@a b",
        "org/model@a:b",
        "org/model@a\\b",
        "org/model@a?b",
        "org/model@a\u001b",
        "org/model@main\n",
        "~/model"
      })
  void whatNoModelIsCalledIsRefused(String text) {
    assertThatThrownBy(() -> HubName.parse(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("must be the name of a model but h")
        .hasMessageEndingWith("write org/model or org/model@revision");
  }

  @Test
  void lengthsAreLimited() {
    assertThat(HubName.parse("a/" + "b".repeat(96)).id()).hasSize(98);
    for (String text :
        new String[] {"b".repeat(97), "a/" + "b".repeat(97), "a/b@" + "c".repeat(201)}) {
      assertThatThrownBy(() -> HubName.parse(text)).hasMessageContaining("characters");
    }
    assertThatThrownBy(() -> HubName.parse("a".repeat(1 << 20))).hasMessageContaining("...");
    assertThatThrownBy(() -> new HubName("../x", "main"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pathsThatCanBeNoNameAreNone() {
    for (String path : new String[] {"/org/model", "./org/model", "a/b/c", "../model", ".", ""}) {
      assertThat(HubName.possible(Path.of(path))).as(path).isFalse();
    }
  }

  @Test
  void commitsAreNamedByTheirBeginning() {
    String commit = LoopbackHub.COMMIT;
    assertThat(HubName.parse("m@" + commit).names(commit)).isTrue();
    assertThat(HubName.parse("m@0123").names(commit)).isTrue();
    for (String other : new String[] {"012", "main", "1234", "0123456789ABCDEF", commit + "0"}) {
      assertThat(HubName.parse("m@" + other).names(commit)).as(other).isFalse();
    }
  }
}
