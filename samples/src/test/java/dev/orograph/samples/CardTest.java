package dev.orograph.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.lexicon.WordNet;
import dev.orograph.model.Model;
import dev.orograph.model.RandomCheckpoint;
import dev.orograph.samples.Contest.Entrant;
import dev.orograph.samples.Contest.Measure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a contest, and the card that shows them. */
class CardTest {
  @TempDir Path folder;

  /** Of 100 glosses the model knows 30, another 60 and a third 29. */
  private static Contest answers() {
    Map<String, double[]> right = new LinkedHashMap<>();
    for (int hits : new int[] {30, 60, 29, 2}) {
      right.put(
          hits == 30 ? "this model" : "knows " + hits,
          IntStream.range(0, 100).mapToDouble(i -> i < hits ? 1 : 0).toArray());
    }
    return Contest.answers("The first answer", right, 42);
  }

  @Test
  void answersAreSharesAndLeadsArePaired() {
    Contest c = answers();
    assertThat(c.entries()).isEqualTo(100);
    assertThat(c.entrants().stream().map(e -> Math.round(e.value())))
        .containsExactly(30L, 60L, 29L, 2L);
    // Wilson's: (30 + z^2 / 2 -+ z sqrt(21 + z^2 / 4)) / (100 + z^2) is .2189 to .3958.
    assertThat(c.entrants().get(0).interval().get(0)).isCloseTo(21.89, within(0.01));
    assertThat(c.entrants().get(0).interval().get(1)).isCloseTo(39.58, within(0.01));
    assertThat(c.entrants().stream().skip(1).map(Entrant::verdict))
        .containsExactly("the model is WORSE", "not told apart", "the model is better");
    // The leads are those of one gloss in a hundred: a paired draw never sees the model behind.
    assertThat(c.entrants().get(2).lead().get(0)).isZero();
  }

  @Test
  void lossesAreWeighedByTokens() {
    Map<String, double[]> losses = new LinkedHashMap<>();
    losses.put("this model", new double[] {1, 9, 2});
    losses.put("other", new double[] {2, 18, 4});
    int[] tokens = {1, 3, 2};
    Contest c = Contest.losses("Lines", Measure.PERPLEXITY, tokens, losses, 42);
    assertThat(c.entrants().get(0).value()).isCloseTo(Math.exp(2), within(1e-12));
    assertThat(c.entrants().get(1).value()).isCloseTo(Math.exp(4), within(1e-12));
    // Any sample's mean lies between the least and the largest entry's.
    assertThat(c.entrants().get(1).lead().get(0)).isBetween(1.0, 2.0);
    assertThat(c.entrants().get(1).lead().get(1)).isBetween(2.0, 3.0);
    Contest bits = Contest.losses("Lines", Measure.BITS, tokens, losses, 42);
    assertThat(bits.entrants().get(0).value()).isCloseTo(2 / Math.log(2), within(1e-12));
  }

  @Test
  void oneEntryHasNoInterval() {
    Map<String, double[]> losses = new LinkedHashMap<>();
    losses.put("this model", new double[] {1});
    losses.put("other", new double[] {2});
    Contest c = Contest.losses("Lines", Measure.BITS, new int[] {1}, losses, 42);
    assertThat(c.entrants().get(1).lead()).isNull();
    assertThat(c.entrants().get(1).verdict()).isEqualTo("not told apart");
  }

  @Test
  void theCardShowsTheFiguresAndSaysWhereTheModelLoses() {
    ObjectNode log = new ObjectMapper().createObjectNode();
    log.put("held_out_loss_float32", 2.5).put("seconds", 4321).put("tokens_per_sequence", 96);
    log.put("command", "samples/train --only t5 --seed 42 --steps 7");
    log.putObject("sha256").put("model.safetensors", "0123abcd");
    Findings findings =
        new Findings(
            List.of(answers()),
            2.625,
            Map.of("glosses asked", 100),
            List.of("So."),
            List.of("No."));
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 5, folder);
    String card;
    try (Model model = Model.open(folder)) {
      card = new Card(Sample.T5, model, log, findings).text();
      assertThat(card).contains(String.format(Locale.ROOT, "| parameters | %,d |", model.count()));
    }
    assertThat(card)
        .contains("### The first answer (100)\n", "| this model | 30.0 | 21.9 to 39.6 |  |  |")
        .contains("| knows 60 | 60.0 | ", "| the model is WORSE |")
        .contains("- The first answer: wrong for 70.0 % of the glosses.\n")
        .contains("- The first answer: against knows 60, the model is WORSE.\n")
        .contains("- The first answer: against knows 29, not told apart.\n")
        .doesNotContain("against knows 2,")
        .contains("from 2.5000 to 2.6250 nats per token (perplexity 12.18 to 13.80)")
        .contains("- So.\n", "- Glosses asked: 100.\n", "- No.\n", "at most 96 tokens")
        .contains("`samples/train --only t5 --seed 42 --steps 7`", "4,321 s", "0123abcd")
        .contains(WordNet.licence());
  }
}
