package dev.orograph.survey;

import dev.orograph.finding.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Surveys of several models whose tasks are measured side by side: all that they can begin with
 * come to the engine at once, so that its cores are busy as long as any of them has work. Each
 * survey finds what it would find alone, and keeps it in its own run folder.
 */
public final class Sweep {
  private Sweep() {}

  /** Whether an engine takes tasks of several surveys: threads of this process do not. */
  public static boolean takes(EngineChoice engine) {
    return !engine.name().equals(EngineChoice.LOCAL.name());
  }

  /**
   * Measures them all. A failure of one stops the others, and the first is thrown; what was
   * finished is kept, and each survey goes on by itself when it is opened again.
   *
   * @param surveys open, with equal engines and memory, of folders that do not {@linkplain
   *     RunFolder#grows grow}
   * @param found told what a survey found as soon as it ends, on a thread of its own
   */
  public static void run(
      List<Survey> surveys, Progress progress, BiConsumer<Survey, Results> found) {
    Survey.Request first = surveys.get(0).request();
    Together together = new Together(progress, surveys.size());
    RuntimeException failure = null;
    try (Engine engine = first.engine().open(first.threads(), first.memory(), null)) {
      List<Beside<Void>> running = new ArrayList<>();
      for (int i = 0; i < surveys.size(); i++) {
        Survey survey = surveys.get(i);
        Progress own = together.of(i);
        running.add(
            Beside.start(
                () -> {
                  found.accept(survey, survey.run(own, engine));
                  return null;
                }));
      }
      for (Beside<Void> r : running) {
        try {
          r.result();
        } catch (RuntimeException e) {
          failure = failure == null ? e : failure;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** What several surveys tell, as one would. */
  private static final class Together {
    private final Progress progress;
    private final double[][] told;

    Together(Progress progress, int surveys) {
      this.progress = progress;
      this.told = new double[4][surveys];
    }

    Progress of(int survey) {
      return new Progress() {
        @Override
        public void begun(String instrument, String label) {
          progress.begun(instrument, label);
        }

        @Override
        public void task(
            String instrument, String label, double done, double total, int tasks, int of) {
          Together.this.task(survey, instrument, label, done, total, tasks, of);
        }
      };
    }

    private synchronized void task(
        int survey, String instrument, String label, double done, double total, int tasks, int of) {
      double[] now = {done, total, tasks, of};
      double[] sums = new double[now.length];
      for (int i = 0; i < now.length; i++) {
        told[i][survey] = now[i];
        for (double one : told[i]) {
          sums[i] += one;
        }
      }
      progress.task(instrument, label, sums[0], sums[1], (int) sums[2], (int) sums[3]);
    }
  }
}
