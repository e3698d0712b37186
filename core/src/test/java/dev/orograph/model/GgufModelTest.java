package dev.orograph.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.checkpoint.RealCheckpoints;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A GGUF file of the Llama architecture is the family that it is. */
class GgufModelTest {
  private static Path fixture(String name) throws URISyntaxException {
    return Path.of(GgufModelTest.class.getResource("/formats/" + name).toURI());
  }

  @Test
  void aLlamaIsRecognisedWithoutAConfigurationBesideIt() throws URISyntaxException {
    try (Model model = Model.open(fixture("llama.gguf"))) {
      assertThat(model.recognised()).isTrue();
      assertThat(model.spec().family()).isEqualTo("Llama");
      assertThat(model.spec().tied()).isTrue();
      StackSpec stack = model.spec().stacks().get(0);
      assertThat(stack.layers()).isEqualTo(1);
      assertThat(stack.heads()).isEqualTo(2);
      assertThat(stack.keyHeads()).isEqualTo(1);
      assertThat(model.parameters()).noneMatch(p -> p.role().component() == Component.OTHER);
    }
  }

  @Test
  void anotherArchitectureKeepsItsNames() throws URISyntaxException {
    try (Model model = Model.open(fixture("blocks.gguf"))) {
      assertThat(model.recognised()).isFalse();
      assertThat(model.parameter("q8_0")).isPresent();
      assertThat(model.parameter("q8_0").orElseThrow().matrix()).isTrue();
    }
  }

  @Test
  void theRealOneHasTheSpecOfItsSource() {
    try (Model gguf = Model.open(RealCheckpoints.at("tinystories-656k-gguf"));
        Model source = Model.open(RealCheckpoints.at("tinystories-656k-llama"))) {
      assertThat(gguf.spec().stacks()).isEqualTo(source.spec().stacks());
      assertThat(gguf.spec().vocabulary()).isEqualTo(source.spec().vocabulary());
      assertThat(gguf.spec().tied()).isEqualTo(source.spec().tied());
      assertThat(gguf.count()).isEqualTo(source.count());
    }
  }
}
