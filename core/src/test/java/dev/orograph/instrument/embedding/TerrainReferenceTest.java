package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.RealCheckpoints;
import dev.orograph.finding.Section;
import dev.orograph.finding.Table;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.rows.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The embeddings of two real checkpoints against figures made by other programs: {@code
 * terrain_density.json} (section 1, NumPy), {@code terrain_13a.json} (section 13a, torch 1.13, the
 * program beside it) and {@code sound.json}.
 */
@Tag("numeric")
class TerrainReferenceTest {
  private static final TerrainSettings SETTINGS =
      new TerrainSettings(true, 42, 1500, 400, 800, 10_000);

  private static final List<Integer> PERCENT = Spread.PERCENTILES;
  private static final double RELATIVE = 1e-5;
  private static final double ABSOLUTE = 1e-7;
  private static final double SOUND = 1e-10;

  @TempDir Path folder;

  /** The table of the seeds' figures of one matrix, row name to value. */
  private static Map<String, Double> column(Section section, String id, String column) {
    Table t =
        (Table)
            section.findings().stream().filter(f -> f.id().equals(id)).findFirst().orElseThrow();
    int at = t.columns().indexOf(column);
    Map<String, Double> cells = new HashMap<>();
    t.rows().forEach(r -> cells.put((String) r.get(0), (Double) r.get(at)));
    return cells;
  }

  /** What one seed program's column holds of a matrix, over all instruments. */
  private Map<String, Double> seed(String model, String matrix, String column) {
    Map<String, Double> all = new HashMap<>();
    try (OneModel c = open(model, "terrain")) {
      for (MatrixInstrument<?> i :
          List.of(new EmbeddingNorms(), new Cosines(), new EigenSpectrum(), new Simplices())) {
        String id = i.card().id();
        column(conclude(c, i), id + "." + matrix + ".seed", column)
            .forEach((k, v) -> all.put(id + ": " + k, v));
      }
    }
    return all;
  }

  private static <R extends Record & java.io.Serializable> Section conclude(
      OneModel c, MatrixInstrument<R> i) {
    TerrainSettings seeds = new TerrainSettings(false, 42, 1500, 400, 800, 10_000);
    return i.conclude(seeds, c.measureAll(i, seeds));
  }

  private OneModel open(String model, String name) {
    return new OneModel(RealCheckpoints.at(model), name, folder.resolve(name), OneModel.AMPLE);
  }

  @ParameterizedTest
  @CsvSource({
    "tinystories-656k-llama,lm_head.weight,head",
    "mt3-t5,decoder.embed_tokens.weight,embedding"
  })
  void sectionOne(String model, String tensor, String matrix) throws IOException {
    JsonNode e =
        RealCheckpoints.reference("terrain_density.json")
            .get(model + "/" + tensor + " terrain (n_cos 1500, n_simplices 400, n_dist 800)");
    Map<String, Double> found = seed(model, matrix, "section_1");
    Checked c = new Checked(found);
    c.norms(e.get("norm"));
    c.same("embedding_norms: mean of the dimensions' means", e.get("dim").get("mean_of_means"));
    c.same("embedding_norms: mean of the dimensions' stds", e.get("dim").get("mean_of_stds"));
    JsonNode cos = e.get("cos");
    c.same("cosines: pairs", cos.get("pairs"));
    c.same("cosines: mean cosine", cos.get("mean"));
    c.same("cosines: std of cosine", cos.get("std"));
    c.same("cosines: 50 % cosine", cos.get("median"));
    c.percentiles("cosines: ", "cosine", cos.get("pct"));
    JsonNode dist = e.get("dist");
    c.same("cosines: mean distance", dist.get("mean"));
    c.same("cosines: std of distance", dist.get("std"));
    c.same("cosines: std over mean of distances", dist.get("cv"));
    c.percentiles("cosines: ", "distance", dist.get("pct"));
    JsonNode eig = e.get("eig");
    c.same("eigenspectrum: total variance", eig.get("total"));
    for (int i = 0; i < 5; i++) {
      c.same("eigenspectrum: eigenvalue " + (i + 1), eig.get("top5").get(i));
    }
    c.same("eigenspectrum: participation ratio", eig.get("pr"));
    c.same("eigenspectrum: participation ratio over d", eig.get("pr_over_dim"));
    c.dimensions(eig.get("dims"));
    JsonNode s = e.get("simplex");
    c.same("simplices: valid simplices", s.get("valid"));
    c.same("simplices: mean volume", s.get("mean"));
    c.same("simplices: std of volumes", s.get("std"));
    c.same("simplices: CV", s.get("cv"));
    c.same("simplices: mean volume of Gaussian simplices", s.get("random_mean"));
    c.same("simplices: ratio to Gaussian simplices", s.get("ratio"));
  }

  @ParameterizedTest
  @CsvSource({
    "tinystories-656k-llama,lm_head.weight,head",
    "mt3-t5,decoder.embed_tokens.weight,embedding"
  })
  void sectionThirteen(String model, String tensor, String matrix) throws IOException {
    JsonNode e = RealCheckpoints.reference("terrain_13a.json").get(model + "/" + tensor);
    Checked c = new Checked(seed(model, matrix, "section_13a"));
    c.norms(e.get("norm"));
    c.same("embedding_norms: median norm", e.get("norm").get("median"));
    JsonNode dim = e.get("dim");
    c.same("embedding_norms: mean of the dimensions' means", dim.get("mean_of_means"));
    c.same("embedding_norms: mean of the dimensions' stds", dim.get("mean_of_stds"));
    c.same("embedding_norms: std of the dimensions' means", dim.get("std_of_means"));
    c.same("embedding_norms: std of the dimensions' stds", dim.get("std_of_stds"));
    c.pairs("cosine", "pairs", e.get("cos"));
    c.percentiles("cosines: ", "cosine", e.get("cos").get("pct"));
    c.pairs("distance", "pairs of distances", e.get("dist"));
    c.same("cosines: mean distance over sqrt(d)", e.get("dist").get("mean_over_root"));
    c.same("cosines: std of distances over sqrt(d)", e.get("dist").get("std_over_root"));
    JsonNode eig = e.get("eig");
    c.same("eigenspectrum: rows", eig.get("rows"));
    c.same("eigenspectrum: total variance", eig.get("total"));
    for (int i = 0; i < 20; i++) {
      c.same("eigenspectrum: eigenvalue " + (i + 1), eig.get("top20").get(i));
    }
    c.dimensions(eig.get("dims"));
    c.same("eigenspectrum: participation ratio", eig.get("pr"));
    JsonNode s = e.get("simplex");
    c.same("simplices: valid simplices", s.get("count"));
    c.same("simplices: mean volume", s.get("mean"));
    c.same("simplices: std of volumes", s.get("std"));
    c.same("simplices: smallest volume", s.get("min"));
    c.same("simplices: largest volume", s.get("max"));
    c.same("simplices: median volume", s.get("median"));
    c.same("simplices: CV", s.get("cv"));
    c.same("simplices: mean volume of Gaussian simplices", s.get("random_mean"));
    c.same("simplices: ratio to Gaussian simplices", s.get("ratio"));
  }

  /** Float32 cosines on both sides: a pair at the edge of a window may fall on either side. */
  @ParameterizedTest
  @CsvSource({"tinystories-656k-llama,lm_head.weight", "mt3-t5,decoder.embed_tokens.weight"})
  void pairsNearTheConstants(String model, String tensor) throws IOException {
    JsonNode e = RealCheckpoints.reference("terrain_13a.json").get(model + "/" + tensor).get("cos");
    try (OneModel c = open(model, "constants")) {
      PairFigures f =
          c.measureAll(new Cosines(), SETTINGS).stream()
              .filter(p -> p.cosines() != null && p.task().detail().tensor().equals(tensor))
              .findFirst()
              .orElseThrow();
      int compared = 0;
      for (PairFigures.Constant k : f.cosines().constants()) {
        JsonNode share = e.get("within").get(Double.toString(k.at()));
        if (share != null) {
          compared++;
          assertThat(k.share() * f.cosines().spread().count())
              .as("pairs near %s", k.at())
              .isCloseTo(share.doubleValue() * e.get("count").intValue(), within(3.0));
        }
        if (k.at() == 0.29514) {
          assertThat(k.nearest())
              .isCloseTo(e.get("nearest_029514").doubleValue(), within(ABSOLUTE));
        }
      }
      assertThat(compared).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tinystories-656k-llama,lm_head.weight,cloud tinystories lm_head.weight",
    "mt3-t5,decoder.embed_tokens.weight,cloud mt3-t5 decoder.embed_tokens.weight",
    "sample:bytes,output.weight,cloud of output.weight"
  })
  void theSoundFigures(String model, String tensor, String cloud) throws IOException {
    JsonNode e =
        model.startsWith("sample:")
            ? RealCheckpoints.reference("samples.json").get(model).get(cloud)
            : RealCheckpoints.reference("sound.json").get(cloud);
    try (OneModel c = open(model, "sound")) {
      CovarianceFigures f =
          c.measureAll(new EigenSpectrum(), SETTINGS).stream()
              .filter(r -> r.sound() != null && r.task().detail().tensor().equals(tensor))
              .findFirst()
              .orElseThrow();
      sound("pr_naive", f.spectrum().participation(), e.get("pr_naive"));
      sound("pr_corrected", f.sound().participation(), e.get("pr_corrected"));
      sound("isoscore", f.sound().isoScore(), e.get("isoscore"));
      int d = f.task().detail().columns();
      sound("(PR - 1) / (d - 1)", (f.spectrum().participation() - 1) / (d - 1), e.get("isoscore"));
      PairFigures.All all =
          c.measureAll(new Cosines(), SETTINGS).stream()
              .filter(p -> p.all() != null && p.task().detail().tensor().equals(tensor))
              .findFirst()
              .orElseThrow()
              .all();
      sound("mean cosine", all.raw(), e.get("mean_cosine_all_pairs"));
      for (int i = 0; i < 3; i++) {
        JsonNode rogue = e.get("rogue_dimensions").get(i);
        assertThat(all.rogue().get(i).id()).isEqualTo(rogue.get(0).intValue());
        sound("rogue " + i, all.rogue().get(i).value(), rogue.get(1));
      }
    }
  }

  private static void sound(String what, double found, JsonNode expected) {
    double e = expected.doubleValue();
    assertThat(found).as(what).isCloseTo(e, within(SOUND * Math.abs(e)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mt3-t5", "sample:bytes"})
  void embeddingAgainstHead(String model) throws IOException {
    JsonNode e =
        model.equals("mt3-t5")
            ? RealCheckpoints.reference("terrain_13a.json").get("mt3-t5 embedding against head")
            : RealCheckpoints.reference("samples.json").get(model).get("embedding against head");
    try (OneModel c = open(model, "unembedding")) {
      Unembedding u = new Unembedding();
      Section section = u.conclude(SETTINGS, c.measureAll(u, SETTINGS));
      Checked t = new Checked(column(section, "unembedding.head.seed", "section_13a"));
      t.same("mean cosine", e.get("mean"));
      t.same("std of cosines", e.get("std"));
      t.same("smallest cosine", e.get("min"));
      t.same("largest cosine", e.get("max"));
      t.same("Frobenius norm, embedding", e.get("embedding"));
      t.same("Frobenius norm, head", e.get("head"));
      t.same("Frobenius norm, difference", e.get("difference"));
      t.same("difference over embedding", e.get("relative"));
    }
  }

  /** Compares by row name. */
  private record Checked(Map<String, Double> found) {
    void same(String row, JsonNode expected) {
      double e = expected.doubleValue();
      assertThat(found.get(row))
          .as(row)
          .isNotNull()
          .isCloseTo(e, within(Math.max(RELATIVE * Math.abs(e), ABSOLUTE)));
    }

    void norms(JsonNode e) {
      same("embedding_norms: mean norm", e.get("mean"));
      same("embedding_norms: std of norms", e.get("std"));
      same("embedding_norms: smallest norm", e.get("min"));
      same("embedding_norms: largest norm", e.get("max"));
      same("embedding_norms: token of the smallest norm", e.get("argmin"));
      same("embedding_norms: token of the largest norm", e.get("argmax"));
      same("embedding_norms: norms below 1e-6", e.get("zero"));
      percentiles("embedding_norms: ", "norm", e.get("pct"));
    }

    void pairs(String what, String count, JsonNode e) {
      same("cosines: " + count, e.get("count"));
      same("cosines: mean " + what, e.get("mean"));
      same("cosines: std of " + what, e.get("std"));
      same("cosines: smallest " + what, e.get("min"));
      same("cosines: largest " + what, e.get("max"));
      same("cosines: 50 % " + what, e.get("median"));
    }

    void percentiles(String instrument, String what, JsonNode e) {
      for (int p : PERCENT) {
        same(instrument + p + " % " + what, e.get(Integer.toString(p)));
      }
    }

    void dimensions(JsonNode e) {
      for (int p : List.of(80, 90, 95, 99)) {
        same("eigenspectrum: dimensions for " + p + " %", e.get(Double.toString(p / 100.0)));
      }
    }
  }
}
