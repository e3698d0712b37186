package dev.orograph.instrument.states;

import dev.orograph.geometry.Cka;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.design.StackDesign;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.random.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Gathers the states of all sequences and concludes them. */
final class StateMeasurement {
  private static final int PERMUTATIONS = 19;

  /** Positions at which encoder and decoder are compared. */
  private static final int CROSSED = 5;

  private final Work work;
  private final ReadingSettings settings;
  private final List<ResidualStream> streams;
  private final List<List<NeuronActivity>> activities = new ArrayList<>();
  private final List<List<StateCloud>> clouds = new ArrayList<>();
  private final List<StateFigures.Crossed> crossed = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private int sequences;

  StateMeasurement(Work work, ReadingSettings settings, Model model) {
    this.work = work;
    this.settings = settings;
    this.streams = ResidualStream.of(model.design().orElseThrow());
    for (StackDesign s : model.design().orElseThrow().stacks()) {
      activities.add(
          Stream.generate(() -> new NeuronActivity(s.block().mlp().activation()))
              .limit(settings.sound() ? s.shape().layers() : 0)
              .toList());
    }
    for (ResidualStream s : streams) {
      List<String> tuple = s.tuple();
      clouds.add(
          s.all().stream()
              .map(
                  n ->
                      new StateCloud(
                          n, tuple.contains(n) ? tuple.indexOf(n) : null, s.shape().dModel()))
              .toList());
    }
  }

  /** Takes one sequence in, unless a number of it is not finite. */
  void add(Reading reading, States states) {
    for (ResidualStream s : streams) {
      for (String name : s.all()) {
        if (!Arrays.stream(states.get(name).sequence(0)).allMatch(Double::isFinite)) {
          broken.add(reading.label() + ": '" + name + "' holds numbers that are not finite");
          return;
        }
      }
    }
    for (List<StateCloud> stack : clouds) {
      int i = clouds.indexOf(stack);
      for (int k = 0; k < stack.size(); k++) {
        stack.get(k).add(reading, states.get(streams.get(i).all().get(k)));
      }
    }
    for (int i = 0; i < streams.size(); i++) {
      List<NeuronActivity> blocks = activities.get(i);
      for (int k = 0; k < blocks.size(); k++) {
        blocks.get(k).add(states.get(streams.get(i).neurons().get(k)));
      }
    }
    sequences++;
  }

  /** Sets encoder against decoder at layers 0, L / 2 and L of the library's tuple. */
  void cross(States states) {
    if (!crossed.isEmpty()) {
      return; // the same sequence a second time
    }
    List<String> encoder = streams.get(0).tuple();
    List<String> decoder = streams.get(1).tuple();
    int layers = streams.get(0).shape().layers();
    for (int layer : IntStream.of(0, layers / 2, layers).distinct().toArray()) {
      if (layer < decoder.size()) {
        State e = states.get(encoder.get(layer));
        State d = states.get(decoder.get(layer));
        double[] norms = GainFigures.norms(e);
        double[] others = GainFigures.norms(d);
        double[] x = e.sequence(0);
        double[] y = d.sequence(0);
        List<Double> cosines = new ArrayList<>();
        for (int t = 0; t < Math.min(CROSSED, Math.min(norms.length, others.length)); t++) {
          double dot = StateCloud.dot(x, t, y, t, streams.get(0).shape().dModel());
          cosines.add(GainFigures.finite(dot / (norms[t] * others[t] + 1e-8)));
        }
        crossed.add(new StateFigures.Crossed(layer, cosines));
      }
    }
  }

  StateFigures figures(boolean drawn, List<String> leftOut, Generator g) {
    List<String> out = new ArrayList<>(leftOut);
    out.addAll(broken);
    List<StateFigures.Stack> stacks = new ArrayList<>();
    for (int i = 0; i < streams.size() && sequences > 0; i++) {
      stacks.add(stack(streams.get(i), clouds.get(i), active(i), g));
    }
    return new StateFigures(stacks, crossed, drawn, out, null);
  }

  private List<StateFigures.Active> active(int stack) {
    List<NeuronActivity> blocks = activities.get(stack);
    return IntStream.range(0, blocks.size())
        .mapToObj(layer -> blocks.get(layer).figures(layer))
        .toList();
  }

  private StateFigures.Stack stack(
      ResidualStream s, List<StateCloud> states, List<StateFigures.Active> active, Generator g) {
    int n = states.get(0).positions();
    List<List<Double>> linear = new ArrayList<>();
    List<List<Double>> debiased = new ArrayList<>();
    List<Double> shuffled = new ArrayList<>();
    if (settings.sound() && n >= Cka.FEWEST) {
      List<Cka> all = new ArrayList<>();
      for (StateCloud state : states) {
        work.checkCancelled();
        all.add(state.cka());
      }
      for (Cka a : all) {
        linear.add(all.stream().map(b -> GainFigures.finite(a.linear(b))).toList());
        debiased.add(all.stream().map(b -> GainFigures.finite(a.debiased(b))).toList());
      }
      Cka last = all.get(s.blocks().size() - 1);
      for (int b = 0; b < PERMUTATIONS; b++) {
        int[] order = g.permutation(n);
        double v = all.get(0).debiased(last.permuted(order));
        if (Double.isFinite(v)) {
          shuffled.add(v);
        }
      }
    }
    return new StateFigures.Stack(
        s.shape().stack().id(),
        sequences,
        n,
        states.stream().map(StateCloud::layer).toList(),
        active,
        linear,
        debiased,
        shuffled);
  }
}
