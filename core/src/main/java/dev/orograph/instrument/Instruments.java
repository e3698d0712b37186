package dev.orograph.instrument;

import dev.orograph.instrument.alignment.WordNetAlignment;
import dev.orograph.instrument.alignment.modulator.Modulate;
import dev.orograph.instrument.corpus.Entropy;
import dev.orograph.instrument.corpus.Extract;
import dev.orograph.instrument.corpus.waterfill.WaterFilling;
import dev.orograph.instrument.density.Density;
import dev.orograph.instrument.embedding.Cosines;
import dev.orograph.instrument.embedding.EigenSpectrum;
import dev.orograph.instrument.embedding.EmbeddingMap;
import dev.orograph.instrument.embedding.EmbeddingNorms;
import dev.orograph.instrument.embedding.IntrinsicDimension;
import dev.orograph.instrument.embedding.Simplices;
import dev.orograph.instrument.embedding.UnderTrained;
import dev.orograph.instrument.embedding.Unembedding;
import dev.orograph.instrument.embedding.WordGeometry;
import dev.orograph.instrument.levelset.LevelSet;
import dev.orograph.instrument.levelset.Normal;
import dev.orograph.instrument.projection.Projection;
import dev.orograph.instrument.states.Gain;
import dev.orograph.instrument.states.HiddenStates;
import dev.orograph.instrument.weights.Adapter;
import dev.orograph.instrument.weights.CrossLayer;
import dev.orograph.instrument.weights.Neurons;
import dev.orograph.instrument.weights.Norms;
import dev.orograph.instrument.weights.PositionBias;
import dev.orograph.instrument.weights.QkForms;
import dev.orograph.instrument.weights.SharedStart;
import dev.orograph.instrument.weights.Sparsity;
import dev.orograph.instrument.weights.Spectra;
import java.util.List;
import java.util.Optional;

/** The one list of instruments. */
public final class Instruments {
  /** All of them, in the order in which the report shows them. */
  public static final List<Instrument<?, ?, ?>> ALL =
      List.of(
          new Spectra(),
          new Sparsity(),
          new QkForms(),
          new Neurons(),
          new CrossLayer(),
          new Norms(),
          new PositionBias(),
          new Adapter(),
          new EmbeddingNorms(),
          new Cosines(),
          new EigenSpectrum(),
          new Simplices(),
          new IntrinsicDimension(),
          new Unembedding(),
          new WordGeometry(),
          new UnderTrained(),
          new EmbeddingMap(),
          new Density(),
          new Gain(),
          new HiddenStates(),
          new Entropy(),
          new Extract(),
          new WordNetAlignment(),
          new Modulate(),
          new Projection(),
          new SharedStart(),
          new WaterFilling(),
          new LevelSet(),
          new Normal());

  private Instruments() {}

  /** The ids of all of them, in their order. */
  public static List<String> ids() {
    return ALL.stream().map(i -> i.card().id()).toList();
  }

  /** The instrument of that id. */
  public static Optional<Instrument<?, ?, ?>> find(String id) {
    for (Instrument<?, ?, ?> i : ALL) {
      if (i.card().id().equals(id)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
