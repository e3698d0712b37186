package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.lexicon.WordNet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
  @TempDir Path folder;

  @Test
  void wordNetHasItsSynsetsInOrder() {
    List<Synset> all = Synset.all();
    assertThat(all).hasSize(117_659);
    assertThat(all.get(0).kind()).isEqualTo("adjective");
    assertThat(all.get(0).lemma()).isEqualTo("able");
    assertThat(all).noneMatch(s -> s.definition().isBlank());
  }

  @Test
  void theLicenceIsWhole() {
    assertThat(WordNet.licence())
        .startsWith("This software and database is being provided to you")
        .contains("\nWordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved.\n")
        .endsWith("Princeton University and LICENSEE agrees to preserve same.");
  }

  @Test
  void aGlossIsCutIntoDefinitionAndExamples() {
    Synset s =
        Synset.of(
            "noun",
            2684,
            "physical object",
            "a visible entity; that casts shadows; \"it was full of balls\"; \"and others\"");
    assertThat(s.lemma()).isEqualTo("physical object");
    assertThat(s.definition()).isEqualTo("a visible entity; that casts shadows");
    assertThat(s.examples()).containsExactly("it was full of balls", "and others");
    assertThat(s.source()).isEqualTo("summarize: a visible entity; that casts shadows");
  }

  @Test
  void whatIsHeldOutIsNotLearned() {
    Corpus<Synset> c = Corpus.of(Synset.all(), 42, Synset::definition);
    Set<String> learned = new HashSet<>(c.training().stream().map(Synset::definition).toList());
    assertThat(c.heldOut()).noneMatch(s -> learned.contains(s.definition()));
    assertThat(c.training().size() + c.heldOut().size() + c.repeated()).isEqualTo(117_659);
    assertThat(c.heldOut().size() + c.repeated()).isEqualTo(117_659 / 20);
    assertThat(Corpus.of(Synset.all(), 42, Synset::definition)).isEqualTo(c);
    assertThat(Corpus.of(Synset.all(), 43, Synset::definition)).isNotEqualTo(c);
  }

  @Test
  void brokenEncodingIsRefusedByLineAndByte() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 30; i++) {
      bytes.write("caf\u00e9 line\n".getBytes(StandardCharsets.UTF_8));
    }
    Path file = folder.resolve("text.txt");
    Files.write(file, bytes.toByteArray());
    assertThat(Corpus.lines(file)).hasSize(30);
    bytes.write("latin caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(file, bytes.toByteArray());
    assertThatThrownBy(() -> Corpus.lines(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 31")
        .hasMessageContaining("byte 339 is 0xe9");
  }

  @Test
  void aTextThatIsTooShortIsRefused() throws IOException {
    Path file = folder.resolve("text.txt");
    Files.write(file, IntStream.range(0, 19).mapToObj(i -> "line " + i).toList());
    assertThatThrownBy(() -> Corpus.lines(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has 19");
  }
}
