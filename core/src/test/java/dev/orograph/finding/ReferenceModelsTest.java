package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.finding.ReferenceModels.Reference;
import dev.orograph.finding.Results.ModelCard;
import dev.orograph.stats.Estimate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceModelsTest {
  private static final String RANK = "spectra.a.effective_rank";
  private static final String GINI = "sparsity.a.gini";

  private static Scalar scalar(String id, String claim, double value, double chance) {
    return Scalar.of(
        id, id, Estimate.of(value).against(chance, chance / 100), null, "1", claim, id + ".");
  }

  private static Results run(String print, ReferenceModels models, Scalar... scalars) {
    Section section = new Section("s", "S", "", "", "", "", Arrays.asList((Finding[]) scalars));
    ModelCard card = new ModelCard("model " + print, "bert", Map.of(), print, "");
    return Results.of(card, Map.of(), List.of(), List.of(section), models);
  }

  /** Models whose effective rank is that share of chance, and whose Gini stands at its null. */
  private static ReferenceModels models(double... shares) {
    ReferenceModels all = ReferenceModels.NONE;
    for (int i = 0; i < shares.length; i++) {
      Results run =
          run(
              "ref" + i,
              ReferenceModels.NONE,
              scalar(RANK, "spectra.effective_rank", shares[i], 1),
              scalar(GINI, "sparsity.gini", 1.2 + i, 1),
              scalar("unclaimed", null, 2, 1));
      all = all.with(Reference.of(run));
    }
    return all;
  }

  @Test
  void effectsOfClaimsAreKept() {
    Reference r = models(0.5).models().get(0);
    assertThat(r.name()).isEqualTo("model ref0");
    assertThat(r.kind()).isEqualTo("other");
    assertThat(r.effects()).containsOnlyKeys(RANK, GINI).containsEntry(RANK, -0.6931);
  }

  @Test
  void whereAFindingStands() {
    ReferenceModels four = models(0.5, 0.6, 0.7, 0.8);
    assertThat(run("x", four, scalar(RANK, "spectra.r", 0.4, 1)).standings().get(RANK))
        .isEqualTo(
            "All 4 reference models (model ref0, model ref1, model ref2, model ref3) lie below"
                + " their null; this model lies farther from it than each of them.");
    assertThat(run("x", four, scalar(RANK, "spectra.r", 0.85, 1)).standings().get(RANK))
        .contains("lie below their null; this model lies nearer to it than each of them.");
    assertThat(run("x", four, scalar(RANK, "spectra.r", 0.65, 1)).standings().get(RANK))
        .contains("lie below their null; 2 of them lie farther from it than this model.");
    assertThat(run("x", four, scalar(RANK, "spectra.r", 1.5, 1)).standings().get(RANK))
        .startsWith("None of 4 reference models (")
        .endsWith(" lies above its null; this model does.");
    ReferenceModels mixed = models(0.5, 1.5, 1.6);
    assertThat(run("x", mixed, scalar(RANK, "spectra.r", 2, 1)).standings().get(RANK))
        .startsWith("2 of 3 reference models (")
        .endsWith(" lie above their null; this model lies farther from it than each of them.");
    assertThat(run("x", models(0.5, 0.6), scalar(RANK, "spectra.r", 0.4, 1)).standings())
        .as("two do not say what is usual")
        .isNull();
  }

  /** The same weights in another file have the same effect, and lie neither nearer nor farther. */
  @Test
  void asFarAsAnother() {
    ReferenceModels four = models(0.3, 0.6, 0.7, 0.3);
    assertThat(run("x", four, scalar(RANK, "spectra.r", 0.3, 1)).standings().get(RANK))
        .endsWith(" lie below their null; none of them lies farther from it than this model.");
    ReferenceModels far = models(0.3, 0.6, 0.1, 0.2);
    assertThat(run("x", far, scalar(RANK, "spectra.r", 0.3, 1)).standings().get(RANK))
        .endsWith(" lie below their null; 2 of them lie farther from it than this model.");
    ReferenceModels one = models(0.5, 1.5, 1.6);
    assertThat(run("x", one, scalar(RANK, "spectra.r", 0.5, 1)).standings().get(RANK))
        .startsWith("1 of 3 reference models (")
        .endsWith(" lies below its null; none of them lies farther from it than this model.");
  }

  /** A model's own checkpoint is not beside it, and the width of another does not matter. */
  @Test
  void itsOwnCheckpointIsLeftOut() {
    ReferenceModels four = models(0.5, 0.6, 0.7, 0.8);
    assertThat(run("ref0", four, scalar(RANK, "spectra.r", 50, 100)).standings().get(RANK))
        .contains("All 3 reference models (model ref1,", "farther from it than each");
  }

  /** The Gini has the larger effect, the rank is the less usual. */
  @Test
  void theLeastUsualComesFirst() {
    Scalar rank = scalar(RANK, "spectra.r", 0.4, 1);
    Scalar gini = scalar(GINI, "sparsity.g", 3, 1);
    assertThat(run("x", ReferenceModels.NONE, rank, gini).highlights()).containsExactly(GINI, RANK);
    assertThat(run("x", models(0.5, 0.6, 0.7, 0.8), rank, gini).highlights())
        .containsExactly(RANK, GINI);
    Results both = run("x", models(0.5, 0.6, 0.7, 0.8), rank, gini);
    assertThat(both.standings().get(RANK)).startsWith("All 4 reference models (model ref0,");
    assertThat(both.standings().get(GINI))
        .as("the same models are named once")
        .startsWith("All 4 reference models named before lie above");
  }

  @Test
  void oneOfTheSameCheckpointIsReplaced() {
    ReferenceModels four = models(0.5, 0.6, 0.7, 0.8);
    ReferenceModels again = four.with(models(0.1).models().get(0));
    assertThat(again.models()).hasSize(4);
    assertThat(four.and(again).models()).hasSize(4);
  }
}
