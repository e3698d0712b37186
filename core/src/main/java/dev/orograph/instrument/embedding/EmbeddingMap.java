package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.finding.Spelling;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.instrument.rows.TokenSearch.Metric;
import dev.orograph.model.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Tokens as points in the plane, with a measure of how far the picture may be trusted. */
public final class EmbeddingMap implements MatrixInstrument<MapFigures> {

  private static final Card CARD =
      new Card(
          "embedding_map",
          "Embedding map",
          "matrix",
          3,
          "tokens as points in the plane, and how many of their neighbours stay near",
          "Rows are placed by t-SNE (perplexity 15, from the principal components) over the exact 45"
              + " nearest rows of each by cosine, in all dimensions, and along the first two"
              + " principal components (covariance in float64). A layout is judged by the mean share"
              + " of a row's 10 nearest rows by cosine that are among its 10 nearest in the picture;"
              + " a random placement gives 10/(n-1). Each token carries its true nearest. Colours"
              + " are norms and 12 groups by k-means in the leading components. Of more than 60,000"
              + " tokens so many are laid out first; the others start where the nearest of those"
              + " stands, and 100 steps move all. Above 300,000, or where memory asks for it, a"
              + " seeded sample is drawn. Other metrics are drawn where asked for.",
          "our own; van der Maaten & Hinton 2008 (t-SNE); Venna & Kaski 2006 (neighbours kept)",
          "Two dimensions cannot hold hundreds: most neighbours are lost in either layout, and the"
              + " share that is kept says how many. On the layout by t-SNE only nearness means"
              + " something; how far apart groups lie and how large they look does not. Groups by"
              + " k-means are a way to colour, not a claim that there are that many.",
          List.of(
              "van der Maaten, L. & Hinton, G. (2008). Visualizing data using t-SNE. JMLR 9,"
                  + " 2579-2605.",
              "van der Maaten, L. (2014). Accelerating t-SNE using tree-based algorithms. JMLR 15,"
                  + " 3221-3245.",
              "Kobak, D. & Berens, P. (2019). The art of using t-SNE for single-cell transcriptomics."
                  + " Nature Communications 10, 5416.",
              "Venna, J. & Kaski, S. (2006). Local multidimensional scaling. Neural Networks 19,"
                  + " 889-899.",
              "Arthur, D. & Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding."
                  + " SODA."));

  static final Choice<List<Metric>> METRICS =
      Choice.of(
          "metrics",
          "cosine,euclidean,causal",
          "By what nearness maps are drawn and nearest tokens are told; several with commas, the"
              + " first is shown first.",
          EmbeddingMap::metrics,
          List.of(Metric.COSINE));

  private static List<Metric> metrics(String text) {
    List<Metric> metrics = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      for (Metric m : Metric.values()) {
        if (m.name().equals(word.strip().toUpperCase(Locale.ROOT)) && !metrics.contains(m)) {
          metrics.add(m);
        }
      }
    }
    if (metrics.size() != text.split(",", -1).length) {
      throw new IllegalArgumentException("one or several of cosine, euclidean, causal");
    }
    return List.copyOf(metrics);
  }

  @Override
  public Choices<TerrainSettings> choices() {
    return new Choices<>(List.of(METRICS), made -> TerrainSettings.of(made).by(made.get(METRICS)));
  }

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<MapFigures> resultType() {
    return MapFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, TerrainSettings settings) {
    return settings.sound() ? Optional.empty() : Optional.of("the reference notebooks draw no map");
  }

  @Override
  public List<Task<TokenMatrix>> tasks(Work work, TerrainSettings settings) {
    List<Parameter> matrices = work.model().tokenMatrices();
    List<Task<TokenMatrix>> tasks = new ArrayList<>();
    for (Parameter p : matrices) {
      boolean alone = matrices.stream().filter(m -> m.group().equals(p.group())).count() == 1;
      tasks.addAll(tasks(work, settings, p, Spelling.id(alone ? p.group() : p.tensor().name())));
    }
    return tasks;
  }

  @Override
  public List<Task<TokenMatrix>> tasks(
      Work work, TerrainSettings settings, Parameter matrix, String id) {
    TokenMatrix m = TokenMatrix.of(matrix, id, "", 0);
    MapShape shape = MapShape.of(m.rows(), m.columns(), work.memory(), settings.metrics());
    return List.of(
        TokenMatrix.task(
            matrix,
            m,
            shape.work(m.columns(), settings.metrics()),
            shape.bytes(m.rows(), m.columns(), settings.metrics()),
            shape.threads()));
  }

  @Override
  public MapFigures measure(
      Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    return new MapMeasurement(
            task,
            MapShape.of(
                task.detail().rows(), task.detail().columns(), work.memory(), settings.metrics()),
            settings.metrics(),
            work.generator(task),
            rows,
            TokenRows.texts(work.model()).orElse(null),
            work::checkCancelled)
        .figures();
  }

  @Override
  public Section conclude(TerrainSettings settings, List<MapFigures> results) {
    return new MapSection(CARD, results).section();
  }
}
