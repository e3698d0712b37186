package dev.orograph.cli.serve;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Options;
import dev.orograph.report.Outputs;
import dev.orograph.survey.Progress;
import dev.orograph.survey.Survey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Surveys that the page has started, one after the other, with the command line's defaults. */
final class Surveys implements AutoCloseable {
  /** Surveys that one page may have asked for and that have not ended. */
  private static final int MOST_WAITING = 20;

  private final Path parent;
  private final List<Going> all = new ArrayList<>();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  Surveys(Path parent) {
    this.parent = parent;
  }

  /**
   * How far a survey is.
   *
   * @param id its number
   * @param model as it was named
   * @param status "waiting", "running", "done", "stopped" or "failed"
   * @param share of its work that is done, of what is known
   * @param piece what runs
   * @param seconds since it began to run
   * @param run name of its folder, "" before there is one
   * @param fault why it failed, or ""
   */
  record State(
      int id,
      String model,
      String status,
      double share,
      String piece,
      double seconds,
      String run,
      String fault) {}

  /** One of them. */
  private static final class Going implements Progress {
    private final int id;
    private final String model;
    private String status = "waiting";
    private double share;
    private String piece = "";
    private long began;
    private long ended;
    private String run = "";
    private String fault = "";
    private Future<?> work;

    Going(int id, String model) {
      this.id = id;
      this.model = model;
    }

    @Override
    public synchronized void begun(String instrument, String label) {
      piece = Text.visible(label.isEmpty() ? instrument : instrument + ": " + label);
    }

    @Override
    public synchronized void task(
        String instrument, String label, double done, double total, int tasks, int of) {
      share = total > 0 ? done / total : 0;
    }

    synchronized void is(String status, String fault) {
      this.status = status;
      this.fault = fault;
      if (status.equals("running")) {
        began = System.nanoTime();
      } else {
        ended = System.nanoTime();
        piece = "";
      }
    }

    synchronized void lies(Path folder) {
      run = folder.getFileName().toString();
    }

    synchronized boolean over() {
      return !status.equals("waiting") && !status.equals("running");
    }

    synchronized State state() {
      long until = over() ? ended : System.nanoTime();
      double seconds = began == 0 ? 0 : (until - began) / 1e9;
      return new State(id, Text.visible(model), status, share, piece, seconds, run, fault);
    }
  }

  /** Starts one, or lets it wait for its turn. */
  synchronized State start(String model, List<String> only) {
    List<String> ids = Instruments.ids();
    for (String id : only) {
      if (!ids.contains(id)) {
        throw new IllegalArgumentException("no analysis '" + Text.visible(id) + "'");
      }
    }
    if (model.isBlank()) {
      throw new IllegalArgumentException("name a model");
    }
    if (all.stream().filter(g -> !g.over()).count() >= MOST_WAITING) {
      throw new IllegalArgumentException(MOST_WAITING + " surveys are waiting already");
    }
    Going going = new Going(all.size() + 1, model.strip());
    all.add(going);
    List<String> chosen = only.isEmpty() ? ids : only;
    going.work = thread.submit(() -> run(going, chosen));
    return going.state();
  }

  private void run(Going going, List<String> chosen) {
    going.is("running", "");
    try (Survey survey = Survey.open(request(going.model, chosen))) {
      going.lies(survey.folder().path());
      if (!survey.folder().done()) {
        Outputs.write(survey, Outputs.run(survey, going));
      }
      going.task("", "", 1, 1, 1, 1);
      going.is("done", "");
    } catch (CancellationException e) {
      going.is("stopped", "");
    } catch (InputException | IllegalArgumentException e) {
      going.is("failed", e.getMessage());
    } catch (RuntimeException | Error e) {
      // It ends this survey alone; whoever asked for it reads what it was.
      going.is("failed", "a fault of this program: " + Text.visible(e.toString(), 400));
    }
  }

  private Survey.Request request(String model, List<String> chosen) {
    Survey.Request usual = Survey.Request.of(Path.of(model));
    return new Survey.Request(
        usual.models(),
        Options.usual(),
        chosen,
        usual.threads(),
        usual.memory(),
        Optional.empty(),
        parent,
        false);
  }

  /** Stops one; what it has measured is kept, and the same survey goes on from it. */
  synchronized void stop(int id) {
    for (Going g : all) {
      if (g.id == id && !g.over()) {
        if (g.state().status().equals("waiting")) {
          g.is("stopped", "");
        }
        g.work.cancel(true);
      }
    }
  }

  /** All of them, in the order in which they were asked for. */
  synchronized List<State> all() {
    return all.stream().map(Going::state).toList();
  }

  /** Models of those that are not over. */
  synchronized List<String> going() {
    return all.stream().filter(g -> !g.over()).map(g -> Text.visible(g.model)).toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
