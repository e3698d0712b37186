package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.SafetensorsWriter;
import dev.orograph.checkpoint.SafetensorsWriter.Entry;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.levelset.LevelSetFigures.Course;
import dev.orograph.instrument.levelset.LevelSetFigures.Point;
import dev.orograph.instrument.levelset.LevelSetFigures.Way;
import dev.orograph.model.forward.Precision;
import dev.orograph.random.Generator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reaches a level-set from start points and leaves the points it found. */
final class LevelSetMeasurement {
  /** Newton's steps, each one evaluation of f with its gradient. */
  private static final int STEPS = 500;

  /** What is kept of a course. */
  private static final int NOTED = 60;

  private static final int WIDEST = 1 << 17;

  private final Work work;
  private final LevelSetSettings settings;
  private final Scene scene;
  private final Generator draws;

  LevelSetMeasurement(Work work, LevelSetSettings settings, Scene scene, Task<?> task) {
    this.work = work;
    this.settings = settings;
    this.scene = scene;
    this.draws = work.generator(task);
  }

  LevelSetFigures figures() {
    Path root = scene.model().checkpoint().root();
    double[] target = Target.of(settings, scene.model(), scene.transformer(), scene.vocabulary());
    Landscape f = scene.landscape(target, settings.reverse());
    double[][] starts =
        settings.start().given()
            ? given(settings.start().unchanged(), scene.width())
            : Starts.draw(work, scene.rows(), settings.points(), draws, root);
    double tolerance = settings.tolerance() * settings.epsilon();
    double resolution = scene.resolution(f, starts, draws);
    Precision precision = settings.precision(scene.model().count());
    if (!(tolerance > resolution)) {
      throw scene.fault(
          "--epsilon " + settings.epsilon(),
          "must be one that " + precision.id() + " can tell from its neighbours",
          "rounding alone moves the divergence by "
              + resolution
              + " at the start points, and "
              + tolerance
              + " is asked for",
          precision == Precision.FLOAT64
              ? "take a larger --epsilon, or a larger --tolerance"
              : "take --precision float64, or a larger --epsilon");
    }
    Search search = new Search(f, settings.epsilon());
    List<Way> ways = new ArrayList<>();
    List<Reached> kept = null;
    long weights = scene.model().count();
    if (settings.goes("newton", weights)) {
      kept = search.newton(starts, tolerance, STEPS);
      ways.add(way("newton", kept));
    }
    if (settings.goes("adam", weights)) {
      List<Reached> adam = search.adam(starts, settings.rate(), tolerance, settings.iterations());
      ways.add(way("adam", adam));
      kept = kept == null ? adam : kept;
    }
    double[][] ends = kept.stream().map(Reached::point).toArray(double[][]::new);
    leave(starts, ends, kept, target, precision);
    return new LevelSetFigures(
        settings.target(),
        Target.entropy(target),
        scene.context(),
        precision.id(),
        resolution,
        ways,
        points(starts, ends, kept));
  }

  /**
   * Points in a file, {@code (n, width)}.
   *
   * @throws InputException where it holds something else
   */
  static double[][] given(Path file, int width) {
    try (Checkpoint c = Checkpoint.open(file)) {
      List<TensorInfo> all = c.tensors();
      TensorInfo info = all.size() == 1 ? all.get(0) : null;
      boolean fits =
          info != null
              && (info.dtype() == DType.F32 || info.dtype() == DType.F64)
              && info.rank() == 2
              && info.columns() == width
              && info.rows() > 0
              && info.rows() * width <= WIDEST * 64L;
      if (!fits) {
        throw fault(
            file,
            "must hold one array [points, " + width + "] of float32 or float64",
            info == null ? "holds " + all.size() : "holds " + info.dtype() + " " + info.shape());
      }
      double[][] points = new double[Math.toIntExact(info.rows())][width];
      try (TensorData data = c.map(info)) {
        for (int i = 0; i < points.length; i++) {
          data.read((long) i * width, points[i], 0, width);
          if (!Arrays.stream(points[i]).allMatch(Double::isFinite)) {
            throw fault(file, "must hold finite numbers", "point " + i + " has NaN or infinity");
          }
        }
      }
      return points;
    }
  }

  private static InputException fault(Path file, String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("save the start points alone with numpy.save")
        .build();
  }

  private static Way way(String name, List<Reached> all) {
    List<Reached> arrived = all.stream().filter(Reached::converged).toList();
    return new Way(
        name,
        arrived.size(),
        arrived.stream().map(Reached::calls).sorted().toList(),
        all.stream().mapToLong(Reached::calls).sum(),
        all.stream().mapToDouble(Reached::smallest).min().orElseThrow(),
        all.stream().map(LevelSetMeasurement::course).toList());
  }

  /** Some of the calls, evenly in the logarithm, the first and the last among them. */
  private static Course course(Reached r) {
    List<Integer> calls = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    int n = r.course().size();
    int last = -1;
    for (int k = 0; k < NOTED; k++) {
      int i = n <= NOTED ? k : (int) Math.round(Math.expm1(Math.log(n) * k / (NOTED - 1)));
      i = Math.min(i, n - 1);
      if (i > last) {
        calls.add(r.calledAt().get(i));
        values.add(r.course().get(i));
        last = i;
      }
    }
    return new Course(calls, values);
  }

  private List<Point> points(double[][] starts, double[][] ends, List<Reached> kept) {
    Nearby.Hit[] near = scene.nearest(ends);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < ends.length; i++) {
      Reached r = kept.get(i);
      points.add(
          new Point(
              r.course().get(0),
              r.value(),
              r.converged(),
              r.calls(),
              r.smallest(),
              Landscape.length(Landscape.moved(ends[i], -1, starts[i])),
              Landscape.length(ends[i]),
              near[i].token(),
              scene.rows().text(near[i].token()),
              near[i].value()));
    }
    return points;
  }

  private void leave(
      double[][] starts,
      double[][] ends,
      List<Reached> kept,
      double[] target,
      Precision precision) {
    int n = ends.length;
    SafetensorsWriter.write(
        work.arrays().resolve(LevelSetFile.NAME),
        Map.of(
            LevelSetFile.MODEL, work.fingerprint(0),
            LevelSetFile.TARGET, settings.target(),
            LevelSetFile.REVERSE, Boolean.toString(settings.reverse()),
            LevelSetFile.PRECISION, precision.id(),
            LevelSetFile.TOLERANCE, Double.toString(settings.tolerance()),
            LevelSetFile.EPSILON, Double.toString(settings.epsilon())),
        List.of(
            Entry.of(LevelSetFile.STARTS, flat(starts), n, scene.width()),
            Entry.of(LevelSetFile.POINTS, flat(ends), n, scene.width()),
            Entry.of(LevelSetFile.VALUES, kept.stream().mapToDouble(Reached::value).toArray(), n),
            Entry.of(
                LevelSetFile.CONVERGED,
                kept.stream().mapToLong(r -> r.converged() ? 1 : 0).toArray(),
                n),
            Entry.of(LevelSetFile.PROBABILITIES, target, target.length)));
  }

  /** One row behind the other. */
  static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
