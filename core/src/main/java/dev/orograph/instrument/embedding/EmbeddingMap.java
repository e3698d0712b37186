package dev.orograph.instrument.embedding;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.rows.TokenMatrices;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Tokens as points in the plane, with a measure of how far the picture may be trusted. */
public final class EmbeddingMap implements Instrument<TerrainSettings, MapPiece, MapFigures> {

  private static final Card CARD =
      new Card(
          "embedding_map",
          "Embedding map",
          "matrix",
          Card.Arity.ONE,
          "a matrix with a row per token, stored plainly",
          "tokens as points in the plane, and how many of their neighbours stay near",
          "Rows are placed along the first two principal components (covariance in float64), and by"
              + " UMAP with 10 neighbours from the leading components. A layout is judged by the"
              + " mean share of a row's 10 nearest rows, of all dimensions, that are among its 10"
              + " nearest in the picture; a random placement gives 10/(n-1). Colours are norms and"
              + " 12 groups by k-means in the leading components. Above 20,000 tokens a seeded"
              + " sample is drawn.",
          "our own; McInnes, Healy & Melville 2018 (UMAP); Venna & Kaski 2006 (neighbours kept)",
          "Two dimensions cannot hold hundreds: most neighbours are lost in either layout, and the"
              + " share that is kept says how many. On the UMAP layout only nearness means"
              + " something; how far apart groups lie and how large they look does not. Groups by"
              + " k-means are a way to colour, not a claim that there are that many.",
          List.of(
              "McInnes, L., Healy, J. & Melville, J. (2018). UMAP: uniform manifold approximation"
                  + " and projection for dimension reduction. arXiv 1802.03426.",
              "Venna, J. & Kaski, S. (2006). Local multidimensional scaling. Neural Networks 19,"
                  + " 889-899.",
              "Arthur, D. & Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding."
                  + " SODA."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public TerrainSettings settings(Options options) {
    return TerrainSettings.of(options);
  }

  @Override
  public Class<MapFigures> resultType() {
    return MapFigures.class;
  }

  @Override
  public Applicability applies(Context c, List<Subject> subjects, TerrainSettings settings) {
    if (!settings.sound()) {
      return Applicability.not("the seed documents draw no map");
    }
    return TokenMatrices.applies(model(c, subjects));
  }

  @Override
  public List<MapPiece> plan(
      Context c, List<Subject> subjects, TerrainSettings settings, List<MapFigures> before) {
    return before.isEmpty() ? pieces(model(c, subjects)) : List.of();
  }

  private static List<MapPiece> pieces(Model model) {
    List<Parameter> matrices = model.tokenMatrices();
    List<MapPiece> pieces = new ArrayList<>();
    for (Parameter p : matrices) {
      boolean alone = matrices.stream().filter(m -> m.group().equals(p.group())).count() == 1;
      String name = Spelling.id(alone ? p.group() : p.tensor().name());
      pieces.add(MapPiece.of(p.tensor().name(), name, p.tensor().rows(), p.tensor().columns()));
    }
    return pieces;
  }

  @Override
  public MapFigures measure(
      Context c, List<Subject> subjects, TerrainSettings settings, MapPiece piece) {
    Model model = model(c, subjects);
    Parameter p = model.parameter(piece.tensor()).orElseThrow();
    try (TensorData data = model.checkpoint().map(p.tensor())) {
      return new MapMeasurement(
              piece,
              c.generator(settings.seed(), piece),
              TokenRows.of(c, data, model, piece.nativeThreads()),
              TokenRows.texts(model).orElse(null),
              c::checkCancelled)
          .figures();
    }
  }

  @Override
  public Section conclude(
      List<Subject> subjects, TerrainSettings settings, List<MapFigures> results) {
    return new MapSection(CARD, results).section();
  }

  private static Model model(Context c, List<Subject> subjects) {
    return c.model((ModelSubject) subjects.get(0));
  }
}
