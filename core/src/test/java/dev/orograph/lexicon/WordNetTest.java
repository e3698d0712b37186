package dev.orograph.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WordNetTest {
  private static final List<String> NAMES =
      List.of(
          "data.adj",
          "data.adv",
          "data.noun",
          "data.verb",
          "index.adj",
          "index.adv",
          "index.noun",
          "index.verb",
          "lexnames");

  @TempDir Path folder;

  /** A WordNet of a dozen synsets, written as Princeton writes it. */
  @BeforeEach
  void write() throws IOException {
    write("lexnames", "00\tadj.all\t3\n01\tnoun.Tops\t1\n02\tverb.change\t2\n03\tadv.all\t4\n");
    write(
        "data.adj",
        "00000000 00 a 02 afloat(p) 0 adrift 0 000 | on the water; \"she is afloat\"  \n");
    write("index.adj", "adrift a 1 0 1 0 00000000  \nafloat a 1 0 1 0 00000000  \n");
    write("data.adv", "00000000 03 r 01 well 0 000 | in a good way  \n");
    write("index.adv", "well r 1 0 1 0 00000000  \n");
    String entity = "00000000 01 n 01 entity 0 000 | what is; \"it\" ; there  \n";
    String dog = "%08d 01 n 02 Dog 0 domestic_dog 0 001 @ 00000000 n 0000 | barks  \n";
    String rex = "%08d 01 n 01 rex 0 001 @i %08d n 0000 | a dog  \n";
    int second = entity.length();
    int third = second + String.format(Locale.ROOT, dog, 0).length();
    write(
        "data.noun",
        entity
            + String.format(Locale.ROOT, dog, second)
            + String.format(Locale.ROOT, rex, third, second));
    write(
        "index.noun",
        "dog n 1 1 @ 1 0 "
            + String.format(Locale.ROOT, "%08d", second)
            + "  \n"
            + "domestic_dog n 1 1 @ 1 0 "
            + String.format(Locale.ROOT, "%08d", second)
            + "  \n"
            + "entity n 1 0 1 0 00000000  \n"
            + "rex n 1 1 @ 1 0 "
            + String.format(Locale.ROOT, "%08d", third)
            + "  \n");
    write("data.verb", "00000000 02 v 01 go 0 000 01 + 02 00 | move  \n");
    write("index.verb", "go v 1 0 1 0 00000000  \n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  @Test
  void everythingIsRead() {
    WordNet w = WordNet.read(folder);
    assertThat(w.size()).isEqualTo(6);
    assertThat(w.name(0)).isEqualTo("afloat.a.01");
    assertThat(w.lemmas(0)).containsExactly("afloat", "adrift");
    assertThat(w.definition(0)).isEqualTo("on the water");
    assertThat(w.definition(2)).isEqualTo("what is;  ; there");
    assertThat(w.name(3)).isEqualTo("dog.n.01");
    assertThat(w.lemma(3)).isEqualTo("Dog");
    assertThat(w.hypernyms(3)).containsExactly(2);
    assertThat(w.instanceHypernyms(3)).isEmpty();
    assertThat(w.hypernyms(4)).isEmpty();
    assertThat(w.instanceHypernyms(4)).containsExactly(3);
    assertThat(w.lexname(5)).isEqualTo("verb.change");
    assertThat(w.at(PartOfSpeech.NOUN, w.offset(4))).isEqualTo(4);
    assertThat(w.at(PartOfSpeech.NOUN, 3)).isEqualTo(-1);
    Taxonomy t = new Taxonomy(w);
    assertThat(t.path(2, 4)).isEqualTo(1 / 3.0);
    assertThat(t.path(0, 1)).isEqualTo(1 / 3.0);
  }

  @Test
  void whatComesWithTheProgramIsWhole() {
    WordNet w = WordNet.load();
    assertThat(w.size()).isEqualTo(117_659);
    assertThat(w.name(0)).isEqualTo("able.a.01");
    assertThat(w.definition(0))
        .isEqualTo(
            "(usually followed by `to') having the necessary means or skill or know-how or"
                + " authority to do something");
    assertThat(WordNet.licence())
        .startsWith("This software and database is being provided to you")
        .endsWith("Princeton University and LICENSEE agrees to preserve same.");
  }

  @Test
  void aCycleDoesNotHang() throws IOException {
    String a = "%08d 02 v 01 go 0 001 @ %08d v 0000 01 + 02 00 | move  \n";
    int second = String.format(Locale.ROOT, a, 0, 0).length();
    write(
        "data.verb",
        String.format(Locale.ROOT, a, 0, second)
            + String.format(Locale.ROOT, a, second, 0).replace("go", "do"));
    write(
        "index.verb",
        "do v 1 0 1 0 "
            + String.format(Locale.ROOT, "%08d", second)
            + "  \ngo v 1 0 1 0 00000000  \n");
    WordNet w = WordNet.read(folder);
    Taxonomy t = new Taxonomy(w);
    assertThat(t.isAncestor(5, 6) && t.isAncestor(6, 5)).isTrue();
    assertThat(t.distance(5, 6)).isEqualTo(1);
    assertThat(t.maxDepth(5) + t.maxDepth(6)).isEqualTo(1);
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("index.verb"));
    assertThatThrownBy(() -> WordNet.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("index.verb");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPipeOrAFileWithoutEndIsRefusedAtOnce() throws IOException, InterruptedException {
    Path verbs = folder.resolve("data.verb");
    Files.delete(verbs);
    assertThat(new ProcessBuilder("mkfifo", verbs.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> WordNet.read(folder)).hasMessageContaining("must be a file");
    Files.delete(verbs);
    try (RandomAccessFile file = new RandomAccessFile(verbs.toFile(), "rw")) {
      file.setLength(3L << 30); // a hole
    }
    assertThatThrownBy(() -> WordNet.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.verb: must have at most");
  }

  /** Wherever a file is cut, but for the last line's end, it is told. */
  @Test
  void aCutFileIsRefused() throws IOException {
    for (String name : NAMES) {
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      int least = name.equals("lexnames") ? 0 : -4;
      for (int cut = 0; cut < whole.length + least; cut++) {
        if (name.equals("lexnames") && cut > 30) {
          break; // what is left of a name is a name
        }
        Files.write(folder.resolve(name), Arrays.copyOf(whole, cut));
        String at = name + " cut at " + cut;
        assertThatThrownBy(() -> WordNet.read(folder)).as(at).isInstanceOf(InputException.class);
      }
      Files.write(folder.resolve(name), whole);
    }
    assertThat(WordNet.read(folder).size()).isEqualTo(6);
  }

  @Test
  void anyByteMayBeWrong() throws IOException {
    Random random = new Random(1);
    for (int k = 0; k < 500; k++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      byte[] broken = whole.clone();
      for (int e = 0; e <= random.nextInt(3); e++) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      }
      Files.write(folder.resolve(name), broken);
      try {
        WordNet w = WordNet.read(folder);
        Taxonomy t = new Taxonomy(w);
        for (int i = 0; i < w.size(); i++) {
          w.lemmas(i);
          w.definition(i);
          w.name(i);
          w.lexname(i);
          t.wuPalmer(i, 0);
        }
      } catch (InputException e) {
        assertThat(e.getMessage()).contains(" must ");
      }
      Files.write(folder.resolve(name), whole);
    }
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/reference/wordnet.json")) {
      Files.write(folder.resolve("data.noun"), in.readAllBytes());
    }
    assertThatThrownBy(() -> WordNet.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.noun")
        .hasMessageContaining("line 1");
    write("data.noun", new String(new byte[] {(byte) 0xff, 0, 1}, StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> WordNet.read(folder)).isInstanceOf(InputException.class);
  }
}
