package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.sentencepiece.SpProcessor;
import ai.djl.sentencepiece.SpTokenizer;
import dev.orograph.checkpoint.RealCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a SentencePiece model gives the ids that SentencePiece itself gives. */
class SentencePieceParityTest {
  private static final int TEXTS = 6000;

  /** Parts of texts: scripts, spaces, digits, marks, control characters, what looks special. */
  private static final List<String> PARTS =
      List.of(
          " ",
          " ",
          " ",
          " ",
          "  ",
          "   ",
          "\t",
          "\n",
          "\r\n",
          "\u00a0",
          "\u3000",
          "\u2581",
          "a",
          "I",
          "0",
          "42",
          "3.14",
          "-",
          "...",
          "\u2026",
          "\"",
          "'",
          "<",
          ">",
          "&amp;",
          "the",
          "The",
          "house",
          "summarize:",
          "unbelievable",
          "antidisestablishmentarianism",
          "Stra\u00dfe",
          "na\u00efve",
          "cafe\u0301",
          "\u0130stanbul",
          "\u017f",
          "\ufb01n",
          "\u00bd",
          "\u2122",
          "\u00b2",
          "\u2460",
          "\u338f",
          "\ufdfa",
          "\uff21\uff42\uff13",
          "\u043f\u0440\u0438\u0432\u0435\u0442",
          "\u03b1\u03b2\u03b3",
          "\u4f60\u597d",
          "\u65e5\u672c\u8a9e",
          "\u30ab\u3099",
          "\uff76\uff9e",
          "\ud55c\uad6d\uc5b4",
          "\u1112\u1161\u11ab",
          "\u0645\u0631\u062d\u0628\u0627",
          "\u0928\u092e\u0938\u094d\u0924\u0947",
          "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
          "\ud83d\ude00",
          "\ud83d\udc68\u200d\ud83d\udc69",
          "\ud83c\udde9\ud83c\uddea",
          "\u200b",
          "\ufeff",
          "\u0001",
          "\u007f",
          "\u0085",
          "\ufffd",
          "<s>",
          "</s>",
          "<unk>",
          "<pad>",
          "<0x41>",
          "saya",
          "makan",
          "nasi",
          "di",
          "kan");

  @TempDir private Path dir;

  @ParameterizedTest
  @CsvSource({
    "tokenizers/t5-small, spiece.model",
    "tinypellm-mqa, tinypellm.model",
    "sample:t5, spiece.model"
  })
  void idsAreThoseOfSentencePiece(String folder, String file) throws IOException {
    Path model = RealCheckpoints.at(folder).resolve(file);
    // Alone in a folder, so that there are no tokens beside the model's.
    Path copy = dir.resolve("spiece.model");
    Files.copy(model, copy);
    List<String> differ = new ArrayList<>();
    int tokens = 0;
    try (SpTokenizer real = new SpTokenizer(model);
        Tokenizer ours = Tokenizer.open(copy)) {
      SpProcessor processor = real.getProcessor();
      for (String text : texts()) {
        List<Integer> expected = Arrays.stream(processor.encode(text)).boxed().toList();
        List<Integer> found = ours.encode(text).ids();
        tokens += expected.size();
        if (!found.equals(expected)) {
          differ.add(
              text.replace("\n", "\\n") + "|" + show(ours, expected) + "|" + show(ours, found));
        }
      }
    }
    assertThat(differ).isEmpty();
    assertThat(tokens).isGreaterThan(10 * TEXTS);
  }

  private static String show(Tokenizer t, List<Integer> ids) {
    return ids.stream().map(i -> i + "=" + t.token(i).orElse("")).toList().toString();
  }

  private static List<String> texts() {
    SplittableRandom random = new SplittableRandom(20);
    List<String> texts =
        new ArrayList<>(List.of("", " ", "   ", "0", "\u2581", " a", "a ", "a  b "));
    texts.addAll(PARTS);
    while (texts.size() < TEXTS) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
        text.append(random.nextInt(3) == 0 ? "" : " ");
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
