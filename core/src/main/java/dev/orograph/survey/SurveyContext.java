package dev.orograph.survey;

import dev.orograph.instrument.Context;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Shared;
import dev.orograph.model.Model;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a local survey gives an instrument.
 *
 * @param models open models by subject
 * @param shared what pieces share
 * @param instrument id of the instrument
 * @param folder where its pieces leave arrays
 * @param memory bytes that all pieces together may take
 * @param cancelled whether the run is being stopped
 */
record SurveyContext(
    Map<ModelSubject, Model> models,
    Shared shared,
    String instrument,
    Path folder,
    long memory,
    BooleanSupplier cancelled)
    implements Context {
  @Override
  public Model model(ModelSubject subject) {
    Model m = models.get(subject);
    if (m == null) {
      throw new IllegalArgumentException(subject.name() + " is not open");
    }
    return m;
  }

  @Override
  public Generator generator(long seed, Piece piece) {
    return Generator.keyed(seed, instrument, piece.label());
  }

  @Override
  public <T> T once(Object key, Supplier<T> value) {
    return shared.once(key, value);
  }

  @Override
  public void checkCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("stopped");
    }
  }
}
