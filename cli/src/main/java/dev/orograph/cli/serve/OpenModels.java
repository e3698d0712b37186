package dev.orograph.cli.serve;

import dev.orograph.instrument.rows.TokenSearch;
import dev.orograph.model.Model;
import dev.orograph.survey.MeasuredModel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Models that stay open between questions, so that the next one is answered in milliseconds. Only
 * the model that a run names is opened, and only while it is the one that the run measured.
 */
final class OpenModels implements AutoCloseable {
  /** Models open at once; each is a mapped file. */
  private static final int MOST = 3;

  private final Map<String, Opened> opened = new LinkedHashMap<>(MOST, 0.75f, true);

  private record Opened(Model model, TokenSearch search) {}

  /** Asks the model of a run. One question at a time: none is closed while it answers. */
  synchronized <T> T ask(Path run, Function<TokenSearch, T> question) {
    Opened known = opened.get(run.toString());
    if (known == null) {
      known = open(run);
      opened.put(run.toString(), known);
    }
    return question.apply(known.search());
  }

  private Opened open(Path run) {
    Iterator<Opened> eldest = opened.values().iterator();
    while (opened.size() >= MOST && eldest.hasNext()) {
      eldest.next().model().close();
      eldest.remove();
    }
    Model model = MeasuredModel.of(run).open();
    try {
      return new Opened(model, TokenSearch.of(model, ""));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    opened.values().forEach(o -> o.model().close());
    opened.clear();
  }
}
