package dev.orograph.lexicon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MatchedWordsTest {
  @Test
  void theWordsOfT5AreThoseOfTheReference() throws IOException {
    JsonNode reference =
        new ObjectMapper().readTree(getClass().getResourceAsStream("/reference/wordnet.json"));
    WordNet w = WordNet.loadMended();
    try (Tokenizer t = Tokenizer.open(RealCheckpoints.at("tokenizers/t5-small"))) {
      MatchedWords m = MatchedWords.of(w, n -> t.encode(n).ids(), id -> id < 32_000, false);
      assertThat(m.size()).isEqualTo(9_362);
      assertThat(m.sha256(s -> DebianOffsets.of(w, s)))
          .isEqualTo(reference.path("sha256_of_lines 'name|pos|offset|token_id\\n'").textValue());
      Map<String, Integer> lexnames = new TreeMap<>();
      for (int i = 0; i < m.size(); i++) {
        lexnames.merge(w.lexname(m.synset(i)), 1, Integer::sum);
      }
      Map<String, Integer> expected = new TreeMap<>();
      reference
          .path("lexnames")
          .properties()
          .forEach(e -> expected.put(e.getKey(), e.getValue().asInt()));
      assertThat(lexnames).isEqualTo(expected);
      Map<String, Integer> lengths = new TreeMap<>();
      List<int[]> chains = m.chains();
      chains.forEach(c -> lengths.merge("" + c.length, 1, Integer::sum));
      Map<String, Integer> histogram = new TreeMap<>();
      reference
          .path("chain_length_histogram")
          .properties()
          .forEach(e -> histogram.put(e.getKey(), e.getValue().asInt()));
      assertThat(lengths).isEqualTo(histogram);
      for (int k = 0; k < 5; k++) {
        int[] chain = chains.get(k);
        for (int i = 0; i < chain.length; i++) {
          assertThat(m.name(chain[i]))
              .isEqualTo(reference.path("first_5_chains").get(k).get(i).textValue());
        }
      }
    }
  }
}
