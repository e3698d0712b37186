package dev.orograph.model.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.forward.FamilyFixture.Expected;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writing on: the reference's tokens, the same with and without cache, ends, draws, streaming. */
@Tag("numeric")
class GenerationTest {
  private static final int STEPS = 12;

  @ParameterizedTest
  @ValueSource(strings = {"t5-relu-tied", "t5-gated-untied"})
  void anEncoderDecoderWritesWhatTheReferenceDoes(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    Map<String, Expected> e = f.expected();
    List<int[]> expected = FamilyFixture.rows(e.get("greedy_generate"));
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      assertThat(t.design().ends()).containsExactly(1);
      Generation how = Generation.greedy(STEPS, t.design().ends()).atLeast(STEPS);
      for (Generation each : List.of(how, how.uncached())) {
        List<int[]> found = t.generate(FamilyFixture.inputs(e), each, Generation.Listener.NONE);
        assertThat(found).hasSize(expected.size());
        for (int i = 0; i < found.size(); i++) {
          assertThat(expected.get(i)[0]).isEqualTo(t.design().start());
          assertThat(found.get(i))
              .containsExactly(Arrays.copyOfRange(expected.get(i), 1, STEPS + 1));
        }
      }
    }
  }

  /** The next scores are those of the whole text read at once, whatever the cache holds. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt-neox-parallel",
        "gptj",
        "llama-gqa-untied",
        "llama3-rope",
        "mistral-window",
        "qwen2",
        "qwen3",
        "meta-llama-bytes"
      })
  void aDecoderWritesTheSameWithAndWithoutCache(String name) {
    FamilyFixture f = FamilyFixture.of(name);
    List<int[]> prompts = List.of(new int[] {5, 17, 33, 60, 12, 7}, new int[] {9, 40});
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      Generation how = Generation.greedy(STEPS, Set.of());
      List<int[]> cached = t.generate(Inputs.padded(prompts, 0, true), how, (s, token) -> {});
      assertThat(cached)
          .containsExactlyElementsOf(
              t.generate(Inputs.padded(prompts, 0, true), how.uncached(), (s, token) -> {}));
      for (int i = 0; i < prompts.size(); i++) {
        // Padding on the left changes nothing but rounding.
        assertThat(cached.get(i)).containsExactly(slow(t, prompts.get(i)));
      }
    }
  }

  /** The slow plain version: everything is read again for every token. */
  private static int[] slow(Transformer t, int[] prompt) {
    int[] text = prompt;
    for (int i = 0; i < STEPS; i++) {
      try (States s = t.forward(Inputs.ids(text), Set.of("logits"))) {
        double[] scores = s.get("logits").vector(0, text.length - 1);
        text = Arrays.copyOf(text, text.length + 1);
        text[text.length - 1] = Choice.greedy(scores);
      }
    }
    return Arrays.copyOfRange(text, prompt.length, text.length);
  }

  @Test
  void aSequenceStopsAtItsEndAndTheListenerHearsEachToken() {
    FamilyFixture f = FamilyFixture.of("llama-tied");
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model)) {
      Inputs prompt = Inputs.ids(List.of(new int[] {5, 17, 33}, new int[] {60, 12, 7}));
      List<int[]> free = t.generate(prompt, Generation.greedy(STEPS, Set.of()), (s, token) -> {});
      int end = free.get(0)[4];
      List<List<Integer>> heard = List.of(new ArrayList<>(), new ArrayList<>());
      List<int[]> found =
          t.generate(
              prompt, Generation.greedy(STEPS, Set.of(end)), (s, token) -> heard.get(s).add(token));
      for (int i = 0; i < 2; i++) {
        int first = indexOf(free.get(i), end);
        int length = first < 0 ? STEPS : first + 1;
        assertThat(found.get(i)).containsExactly(Arrays.copyOf(free.get(i), length));
        assertThat(heard.get(i))
            .containsExactlyElementsOf(Arrays.stream(found.get(i)).boxed().toList());
      }
    }
  }

  private static int indexOf(int[] row, int value) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] == value) {
        return i;
      }
    }
    return -1;
  }

  /** A draw depends on the seed and its own sequence, not on what else is in the batch. */
  @Test
  void drawsAreSeededAndSequencesDoNotMeet() {
    FamilyFixture f = FamilyFixture.of("llama-tied");
    try (Model model = Model.open(f.folder());
        Transformer t = Transformer.load(model, Precision.FLOAT64, Device.CPU)) {
      Inputs two = Inputs.ids(List.of(new int[] {5, 17, 33}, new int[] {60, 12, 7}));
      Generation how = Generation.drawn(STEPS, 1.5, 0.95, Set.of(), 7);
      List<int[]> found = t.generate(two, how, (s, token) -> {});
      assertThat(t.generate(two, how, (s, token) -> {})).containsExactlyElementsOf(found);
      assertThat(t.generate(Inputs.ids(5, 17, 33), how, (s, token) -> {}).get(0))
          .containsExactly(found.get(0));
      Generation other = Generation.drawn(STEPS, 1.5, 0.95, Set.of(), 8);
      assertThat(t.generate(two, other, (s, token) -> {}).get(0)).isNotEqualTo(found.get(0));
    }
  }

  /** Shares of many draws are those of the softmax, cut to the fewest tokens that hold top-p. */
  @Test
  void drawsFollowTheScores() {
    double[] scores = {Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05)};
    dev.orograph.random.Generator g = dev.orograph.random.Generator.of(1);
    int[] all = new int[4];
    int[] cut = new int[4];
    int[] cold = new int[4];
    int n = 40000;
    for (int i = 0; i < n; i++) {
      all[Choice.drawn(scores, 1, 1, g)]++;
      cut[Choice.drawn(scores, 1, 0.75, g)]++;
      cold[Choice.drawn(scores, 0.5, 1, g)]++;
    }
    // Four standard deviations of a share are at most 0.01.
    for (int i = 0; i < 4; i++) {
      assertThat(all[i] / (double) n)
          .isBetween(Math.exp(scores[i]) - 0.01, Math.exp(scores[i]) + 0.01);
    }
    assertThat(cut[0] / (double) n).isBetween(0.615, 0.635);
    assertThat(cut[2] + cut[3]).isZero();
    assertThat(cold[0] / (double) n).isBetween(0.675, 0.695); // .25 / .365
  }

  @Test
  void whatCannotBeWrittenOnIsRefused() {
    try (Model model = Model.open(FamilyFixture.of("llama-tied").folder());
        Transformer t = Transformer.load(model)) {
      Generation how = Generation.greedy(2, Set.of());
      Inputs right = Inputs.padded(List.of(new int[] {1, 2, 3}, new int[] {4}), 0, false);
      assertThatThrownBy(() -> t.generate(right, how, (s, token) -> {}))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("it is padding");
      assertThatThrownBy(() -> t.generate(Inputs.ids(), how, (s, token) -> {}))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("the prompt is empty");
    }
    try (Model model = Model.open(FamilyFixture.of("bert").folder());
        Transformer t = Transformer.load(model)) {
      assertThatThrownBy(
              () -> t.generate(Inputs.ids(1), Generation.greedy(1, Set.of()), (s, token) -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Generation.drawn(5, Double.NaN, 1, Set.of(), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
