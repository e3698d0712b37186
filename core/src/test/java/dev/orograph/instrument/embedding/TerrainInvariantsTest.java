package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.rows.Spread;
import dev.orograph.instrument.rows.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What turning the space and naming the tokens otherwise must leave. */
@Tag("numeric")
class TerrainInvariantsTest {
  private static final int V = 60;
  private static final int D = 9;
  private static final TerrainSettings SETTINGS = new TerrainSettings(true, 42, 50, 200, 40, 45);

  /** Float64 entries; cosines of the sample are float32. */
  private static final double EXACT = 1e-11;

  private static final double FLOAT = 1e-6;

  @TempDir Path folder;

  /** All figures of one matrix. */
  private record Terrain(
      NormsOfRows norms,
      List<PairFigures> pairs,
      CovarianceFigures all,
      CovarianceFigures sample,
      SimplexFigures volumes) {}

  private Terrain terrain(String name, double[] values) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    new Made().add("table", DType.F64, values, V, D).write(model);
    try (OneModel c = new OneModel(model, "terrain", folder.resolve(name + "-out"), 1L << 30)) {
      List<CovarianceFigures> spectra = c.measureAll(new EigenSpectrum(), SETTINGS);
      return new Terrain(
          c.measureAll(new EmbeddingNorms(), SETTINGS).get(0),
          c.measureAll(new Cosines(), SETTINGS),
          spectra.get(0),
          spectra.get(1),
          c.measureAll(new Simplices(), SETTINGS).get(0));
    }
  }

  private static double[] cloud() {
    double[] x = Made.gaussian(V * D, 1, 3);
    for (int i = 0; i < V * D; i++) {
      x[i] = x[i] * (1 + i % D) + (i % D == 2 ? 4 : 0);
    }
    return x;
  }

  @Test
  void turningTheSpace() throws IOException {
    double[] x = cloud();
    double[] mirror = Made.gaussian(D, 1, 4);
    double square = 0;
    for (double v : mirror) {
      square += v * v;
    }
    double[] turned = x.clone();
    for (int i = 0; i < V; i++) {
      double along = 0;
      for (int j = 0; j < D; j++) {
        along += x[i * D + j] * mirror[j];
      }
      for (int j = 0; j < D; j++) {
        turned[i * D + j] -= 2 * along / square * mirror[j];
      }
    }
    Terrain a = terrain("as", x);
    Terrain b = terrain("turned", turned);
    close(b.norms().norms(), a.norms().norms(), EXACT);
    close(b.norms().gaussian().deviation(), a.norms().gaussian().deviation(), EXACT);
    close(b.pairs().get(0).cosines().spread(), a.pairs().get(0).cosines().spread(), FLOAT);
    close(b.pairs().get(1).distances1(), a.pairs().get(1).distances1(), EXACT);
    close(b.pairs().get(1).distances13(), a.pairs().get(1).distances13(), EXACT);
    close(b.pairs().get(2).all().raw(), a.pairs().get(2).all().raw(), EXACT);
    close(b.pairs().get(2).all().error(), a.pairs().get(2).all().error(), EXACT);
    close(b.pairs().get(2).all().centred(), a.pairs().get(2).all().centred(), EXACT);
    spectra(b, a);
    close(b.sample().spectrum().participation(), a.sample().spectrum().participation(), EXACT);
    close(b.volumes().first().spread(), a.volumes().first().spread(), EXACT);
    close(b.volumes().second().spread(), a.volumes().second().spread(), EXACT);
    // The dimensions themselves are no invariants: the test would see figures that ignore x.
    assertThat(b.all().sound().independent()).isNotEqualTo(a.all().sound().independent());
  }

  @Test
  void namingTheTokensOtherwise() throws IOException {
    double[] x = cloud();
    double[] moved = new double[V * D];
    for (int i = 0; i < V; i++) {
      System.arraycopy(x, i * D, moved, (i * 7 + 5) % V * D, D);
    }
    Terrain a = terrain("as", x);
    Terrain b = terrain("moved", moved);
    close(b.norms().norms(), a.norms().norms(), EXACT);
    assertThat(b.norms().longest().id()).isEqualTo((a.norms().longest().id() * 7 + 5) % V);
    close(b.norms().dimensions().spreadOfMeans(), a.norms().dimensions().spreadOfMeans(), EXACT);
    PairFigures.All all = a.pairs().get(2).all();
    PairFigures.All other = b.pairs().get(2).all();
    close(other.raw(), all.raw(), EXACT);
    close(other.centred(), all.centred(), EXACT);
    close(other.standardised(), all.standardised(), EXACT);
    close(other.meanSquareDistance(), all.meanSquareDistance(), EXACT);
    assertThat(other.rogue())
        .extracting(Token::id)
        .isEqualTo(all.rogue().stream().map(Token::id).toList());
    spectra(b, a);
    close(b.all().sound().independent(), a.all().sound().independent(), EXACT);
    // Samples are of other tokens now.
    assertThat(b.volumes().first()).isNotEqualTo(a.volumes().first());
  }

  /** Over all pairs in closed form, and by taking them all. */
  @Test
  void allPairsOneByOne() throws IOException {
    double[] x = cloud();
    Terrain t = terrain("as", x);
    double cosine = 0;
    double distance = 0;
    for (int i = 0; i < V; i++) {
      for (int j = 0; j < i; j++) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int k = 0; k < D; k++) {
          dot += x[i * D + k] * x[j * D + k];
          a += x[i * D + k] * x[i * D + k];
          b += x[j * D + k] * x[j * D + k];
          distance += Math.pow(x[i * D + k] - x[j * D + k], 2) / (V * (V - 1) / 2.0);
        }
        cosine += dot / Math.sqrt(a * b) / (V * (V - 1) / 2.0);
      }
    }
    close(t.pairs().get(2).all().raw(), cosine, EXACT);
    close(t.pairs().get(2).all().meanSquareDistance(), distance, EXACT);
  }

  private static void spectra(Terrain b, Terrain a) {
    close(b.all().spectrum().participation(), a.all().spectrum().participation(), EXACT);
    close(b.all().sound().participation(), a.all().sound().participation(), EXACT);
    for (int i = 0; i < D; i++) {
      double value = a.all().spectrum().values().get(i);
      close(b.all().spectrum().values().get(i), value, EXACT);
    }
  }

  private static void close(Spread found, Spread expected, double relative) {
    close(found.mean(), expected.mean(), relative);
    close(found.deviation(), expected.deviation(), relative);
    close(found.min(), expected.min(), relative);
    close(found.median(), expected.median(), relative);
    close(found.max(), expected.max(), relative);
  }

  private static void close(double found, double expected, double relative) {
    assertThat(found).isCloseTo(expected, within(relative * (0.1 + Math.abs(expected))));
  }
}
