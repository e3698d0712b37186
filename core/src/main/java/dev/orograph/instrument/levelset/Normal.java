package dev.orograph.instrument.levelset;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.levelset.Normal.Piece;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Normals of a level-set: gradients, central differences, and what the set is like around them. */
public final class Normal implements Instrument<NormalSettings, Piece, NormalFigures> {
  private static final Card CARD =
      new Card(
          "normal",
          "Normals of a level-set",
          "point",
          2,
          "normals at points of a KL level-set by gradient and by differences, curvature, and what"
              + " lies around",
          "The normal is grad f / |grad f|. Differences move each number of a point up and down by"
              + " delta, bring both points back to the set and compare how far: with signed"
              + " distances a - b they give the gradient, the notebook's |b| - |a| loses the first order"
              + " and leaves about -sign(g_i) delta^2 H_ii / |g|. Principal curvatures are the"
              + " eigenvalues of the Hessian in the tangent space over |g|. Chance: random"
              + " directions, targets with shuffled tokens, and points drawn among the tokens.",
          "seed 001; do Carmo 1976",
          "Normals of one target at points that one search found. That f bends towards an axis is"
              + " no property of the axis: another basis has other axes. Random directions know"
              + " nothing of the few directions that a model's first layers read; targets with"
              + " shuffled tokens do.",
          List.of(
              "do Carmo, M. P. (1976). Differential geometry of curves and surfaces."
                  + " Prentice-Hall.",
              "Osher, S. & Fedkiw, R. (2003). Level set methods and dynamic implicit surfaces."
                  + " Springer."));

  /**
   * What a task is about.
   *
   * @param point which point; -1 for the gradients of all
   * @param from first dimension
   * @param to behind the last
   * @param seed whether as the seed's program does it
   */
  public record Piece(int point, int from, int to, boolean seed) implements Serializable {}

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX, Need.TEXT_PASS);
  }

  @Override
  public Choices<NormalSettings> choices() {
    return NormalSettings.CHOICES;
  }

  @Override
  public Class<NormalFigures> resultType() {
    return NormalFigures.class;
  }

  private static LevelSetFile file(Work work, NormalSettings settings) {
    Path file = settings.points().unchanged();
    int width = Math.toIntExact(work.model().tokenMatrices().get(0).tensor().columns());
    return LevelSetFile.read(file, work.fingerprint(0), width);
  }

  @Override
  public Optional<String> obstacle(Work work, NormalSettings settings) {
    if (!settings.points().given()) {
      return Optional.of("no level-set is given: orograph levelset, then orograph normal RUN");
    }
    LevelSetFile set = file(work, settings);
    if (set.points().length == 0) {
      return Optional.of("none of the run's points is on the level-set");
    }
    return Scene.obstacle(work, set.precision());
  }

  @Override
  public List<Task<Piece>> tasks(Work work, NormalSettings settings) {
    LevelSetFile set = file(work, settings);
    int points = Math.min(settings.most(), set.points().length);
    int width = set.points()[0].length;
    int most = settings.dimensions() == 0 ? width : Math.min(width, settings.dimensions());
    double pass = 1.0 + work.model().count();
    List<Task<Piece>> tasks = new ArrayList<>();
    boolean few = few(settings, work);
    double gradients = points * (1.0 + settings.bends(work.model().count(), width));
    tasks.add(task(work, set, "gradients", 4 * gradients * pass, few, new Piece(-1, 0, 0, false)));
    for (boolean seed : new boolean[] {false, true}) {
      if (!(seed ? settings.seed() : settings.central())) {
        continue;
      }
      for (int p = 0; p < points; p++) {
        for (int from = 0; from < most; from += settings.batch()) {
          int to = Math.min(most, from + settings.batch());
          String label =
              (seed ? "seed" : "central") + " differences, point " + p + ", from " + from;
          double calls = (to - from) * (seed ? 200.0 : 8.0);
          tasks.add(task(work, set, label, 4 * calls * pass, false, new Piece(p, from, to, seed)));
        }
      }
    }
    return tasks;
  }

  /** Whether the first task makes few passes. */
  private static boolean few(NormalSettings settings, Work work) {
    int width = Math.toIntExact(work.model().tokenMatrices().get(0).tensor().columns());
    return settings.bends(work.model().count(), width) <= 2 * NormalSettings.PRODUCTS;
  }

  private static Task<Piece> task(
      Work work, LevelSetFile set, String label, double cost, boolean few, Piece piece) {
    return new Task<>(
        label,
        Place.MODEL,
        cost,
        Scene.bytes(work, set.precision(), few),
        Scene.threads(work.model()),
        piece);
  }

  @Override
  public NormalFigures measure(Work work, NormalSettings settings, Task<Piece> task) {
    LevelSetFile set = file(work, settings);
    Piece p = task.detail();
    boolean few = p.point() < 0 && few(settings, work);
    try (Scene scene = Scene.open(work, set.precision(), task.sideBySide(), few)) {
      NormalMeasurement m = new NormalMeasurement(work, settings, scene, set, work.generator(task));
      return p.point() < 0
          ? new NormalFigures(m.whole(), null)
          : new NormalFigures(null, m.part(p.point(), p.from(), p.to(), p.seed()));
    }
  }

  @Override
  public Section conclude(NormalSettings settings, List<NormalFigures> results) {
    return new NormalSection(CARD, settings, results).section();
  }
}
