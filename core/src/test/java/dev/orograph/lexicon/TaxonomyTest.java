package dev.orograph.lexicon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TaxonomyTest {
  /** A quotient of small whole numbers, divided once on either side. */
  private static final double ROUNDING = 1e-15;

  private static WordNet words;
  private static Taxonomy taxonomy;
  private static final Map<String, Integer> names = new HashMap<>();

  @BeforeAll
  static void read() {
    words = WordNet.loadMended();
    taxonomy = new Taxonomy(words);
    for (int i = 0; i < words.size(); i++) {
      names.put(words.name(i), i);
    }
    assertThat(names).hasSize(words.size());
  }

  private static int synset(String name) {
    return names.get(name);
  }

  @Test
  void everyReferencePairAgreesBothWays() throws IOException {
    JsonNode pairs =
        new ObjectMapper()
            .readTree(getClass().getResourceAsStream("/reference/wordnet.json"))
            .path("pairs [a,pos,offset,b,pos,offset,path(a,b),wup(a,b),wup(b,a)]");
    assertThat(pairs).hasSize(318);
    for (JsonNode p : pairs) {
      int a = names.get(p.get(0).asText());
      int b = names.get(p.get(3).asText());
      assertThat(DebianOffsets.of(words, a)).isEqualTo(p.get(2).asInt());
      assertThat(DebianOffsets.of(words, b)).isEqualTo(p.get(5).asInt());
      String pair = p.toString();
      assertThat(taxonomy.path(a, b)).as(pair).isEqualTo(p.get(6).asDouble(), within(ROUNDING));
      assertThat(taxonomy.path(b, a)).as(pair).isEqualTo(p.get(6).asDouble(), within(ROUNDING));
      assertThat(taxonomy.wuPalmer(a, b)).as(pair).isEqualTo(p.get(7).asDouble(), within(ROUNDING));
      assertThat(taxonomy.wuPalmer(b, a)).as(pair).isEqualTo(p.get(8).asDouble(), within(ROUNDING));
    }
  }

  /** NLTK's documented examples. */
  @Test
  void knownFiguresOfNltk() {
    int dog = synset("dog.n.01");
    int cat = synset("cat.n.01");
    assertThat(taxonomy.path(dog, cat)).isEqualTo(0.2, within(ROUNDING));
    assertThat(taxonomy.wuPalmer(dog, cat)).isEqualTo(0.8571428571428571, within(ROUNDING));
    assertThat(taxonomy.leacockChodorow(dog, cat)).isEqualTo(2.0281482472922856, within(ROUNDING));
    int hit = synset("hit.v.01");
    int slap = synset("slap.v.01");
    assertThat(taxonomy.path(hit, slap)).isEqualTo(1 / 7.0, within(ROUNDING));
    assertThat(taxonomy.wuPalmer(hit, slap)).isEqualTo(0.25, within(ROUNDING));
    assertThat(taxonomy.leacockChodorow(hit, slap)).isEqualTo(1.3121863889661687, within(ROUNDING));
    assertThat(words.hypernyms(dog).stream().map(words::name))
        .containsExactly("canine.n.02", "domestic_animal.n.01");
    assertThatThrownBy(() -> taxonomy.leacockChodorow(dog, hit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hit.v.01");
  }

  /** By walks over the graph, one pair at a time. */
  @Test
  void distancesAreThoseOfThePlainSearch() {
    Random random = new Random(5);
    for (int k = 0; k < 3000; k++) {
      int a = random.nextInt(words.size());
      int b =
          k % 3 == 0
              ? random.nextInt(words.size())
              : Math.min(a + random.nextInt(40), words.size() - 1);
      Map<Integer, Integer> up = walk(a);
      Map<Integer, Integer> down = walk(b);
      boolean nouns = words.pos(a) == PartOfSpeech.NOUN && words.pos(b) == PartOfSpeech.NOUN;
      int best =
          nouns
              ? Integer.MAX_VALUE
              : 2
                  + up.values().stream().max(Integer::compare).orElseThrow()
                  + down.values().stream().max(Integer::compare).orElseThrow();
      for (Map.Entry<Integer, Integer> e : up.entrySet()) {
        if (down.containsKey(e.getKey())) {
          best = Math.min(best, e.getValue() + down.get(e.getKey()));
        }
      }
      assertThat(taxonomy.distance(a, b)).isEqualTo(a == b ? 0 : best);
      assertThat(taxonomy.isAncestor(a, b)).isEqualTo(up.containsKey(b));
      double symmetric = taxonomy.wuPalmerSymmetric(a, b);
      assertThat(symmetric).isEqualTo(taxonomy.wuPalmerSymmetric(b, a)).isBetween(0.0, 1.0);
    }
  }

  private static Map<Integer, Integer> walk(int from) {
    Map<Integer, Integer> steps = new HashMap<>();
    Deque<Integer> queue = new ArrayDeque<>();
    steps.put(from, 0);
    queue.add(from);
    while (!queue.isEmpty()) {
      int s = queue.remove();
      for (int h : words.hypernyms(s)) {
        if (steps.putIfAbsent(h, steps.get(s) + 1) == null) {
          queue.add(h);
        }
      }
      for (int h : words.instanceHypernyms(s)) {
        if (steps.putIfAbsent(h, steps.get(s) + 1) == null) {
          queue.add(h);
        }
      }
    }
    return steps;
  }

  @Test
  void depthsGrowByOne() {
    int entity = synset("entity.n.01");
    assertThat(taxonomy.minDepth(entity)).isZero();
    assertThat(taxonomy.maxDepth(entity)).isZero();
    assertThat(taxonomy.maxDepth(synset("dog.n.01"))).isEqualTo(13);
    assertThat(taxonomy.minDepth(synset("dog.n.01"))).isEqualTo(8);
    int restrain = synset("restrain.v.01");
    int inhibit = synset("inhibit.v.04");
    assertThat(taxonomy.isAncestor(restrain, inhibit)).isTrue();
    assertThat(taxonomy.isAncestor(inhibit, restrain)).as("the cycle is mended").isFalse();
    assertThat(taxonomy.maxDepth(restrain)).isEqualTo(taxonomy.maxDepth(inhibit) + 1);
    WordNet asPublished = WordNet.load();
    Taxonomy cyclic = new Taxonomy(asPublished);
    assertThat(cyclic.isAncestor(restrain, inhibit) && cyclic.isAncestor(inhibit, restrain))
        .as("as Princeton published it")
        .isTrue();
    int unequal = 0;
    for (int s = 0; s < words.size(); s++) {
      assertThat(taxonomy.minDepth(s)).isLessThanOrEqualTo(taxonomy.maxDepth(s));
      int above = -1;
      for (int h : words.hypernyms(s)) {
        above = Math.max(above, taxonomy.maxDepth(h));
      }
      for (int h : words.instanceHypernyms(s)) {
        above = Math.max(above, taxonomy.maxDepth(h));
      }
      unequal += taxonomy.maxDepth(s) == above + 1 ? 0 : 1;
    }
    assertThat(unequal).isZero();
  }
}
