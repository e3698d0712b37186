package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GlossOverlapTest {
  private static Synset synset(String lemma, String gloss) {
    return new Synset("noun", 0, lemma, gloss, List.of());
  }

  private static final List<Synset> LEARNED =
      List.of(
          synset("dog", "a tame animal that barks"),
          synset("cat", "a tame animal that purrs"),
          synset("oak", "a tall tree"),
          synset("cat", "an animal that purrs, and purrs"),
          synset("house", "a building"));

  @Test
  void rareWordsCountMoreAndLemmasComeOnce() {
    GlossOverlap overlap = new GlossOverlap(LEARNED);
    assertThat(overlap.answers("it PURRS: an animal!", 10)).containsExactly("cat", "dog");
    assertThat(overlap.answers("a tame one that barks", 1)).containsExactly("dog");
    // Only "a" is shared; norms: cat 1.50, house 1.62, dog 2.00, oak 2.29.
    assertThat(overlap.answers("a quartz", 10)).containsExactly("cat", "house", "dog", "oak");
    assertThat(overlap.answers("quartz", 10)).isEmpty();
  }

  @Test
  void nearnessIsTheCosineOfCountsByRarity() {
    // idf: x ln 3, y and z ln 1.5. Asked x z: a has z of (y z), b has x of (x x y), c has z of (z).
    GlossOverlap overlap =
        new GlossOverlap(List.of(synset("a", "y z"), synset("b", "x x y"), synset("c", "z")));
    // b: 2 ln3^2 / sqrt(4 ln3^2 + ln1.5^2) = 1.080; c: ln1.5 = .405; a: ln1.5 / sqrt(2) = .287.
    assertThat(overlap.answers("x z", 10)).containsExactly("b", "c", "a");
  }

  @Test
  void theMostFrequentLemmasComeFirstThenTheAlphabet() {
    assertThat(LemmaTrial.frequent(LEARNED)).containsExactly("cat", "dog", "house", "oak");
  }
}
