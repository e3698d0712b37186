package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How unequal the neurons of each MLP are by the norms of their weights, against shuffled ones. */
public final class Neurons implements WeightInstrument<MlpWeights, NeuronFigures> {

  private static final Card CARD =
      new Card(
          "neurons",
          "MLP neurons",
          "layer",
          2,
          "dead, weak and outstanding neurons of each MLP, by the norms of their weights",
          "The importance of neuron i is the norm of row i of the first projection, times that of"
              + " the gate where there is one, times the norm of column i of the second; dead is"
              + " below 1 % of the layer's mean, weak below 10 %. The null is the same matrices with"
              + " their entries shuffled, in closed form: the norm of n entries with raw kurtosis k"
              + " has CV^2 = (k - 1)/(4n) to first order, and importances are taken as lognormal.",
          "seed 003 sections 4 and 6; Blom 1958 for the expected smallest and largest",
          "Weak by weights only: a neuron of average norm may never fire, and whether one does is a"
              + " question about data. A matrix and its successor can trade scale without changing"
              + " the model wherever the activation is homogeneous (ReLU), which the product"
              + " respects and the norms alone do not; norm scales and biases are not folded in.",
          List.of("Blom, G. (1958). Statistical estimates and transformed beta-variables. Wiley."));

  private static final Set<Component> MLP =
      EnumSet.of(Component.MLP_UP, Component.MLP_GATE, Component.MLP_DOWN);

  /** Most neurons of a layer; beyond any model, and a bound on memory. */
  private static final long MOST = 1 << 22;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<NeuronFigures> resultType() {
    return NeuronFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.KNOWN_FAMILY)
        .orLacks("no layer with an MLP's first or second projection");
  }

  @Override
  public List<Task<MlpWeights>> tasks(Work work, WeightSettings settings) {
    Map<String, List<Parameter>> layers = new LinkedHashMap<>();
    for (Parameter p : work.model().parameters()) {
      if (p.matrix() && MLP.contains(p.role().component()) && p.role().layer() != Role.NO_LAYER) {
        layers
            .computeIfAbsent(p.role().stack().id() + " " + p.role().layer(), k -> new ArrayList<>())
            .add(p);
      }
    }
    return layers.values().stream().map(Neurons::task).toList();
  }

  private static Task<MlpWeights> task(List<Parameter> mlp) {
    Role role = mlp.get(0).role();
    Map<Component, List<Parameter>> parts =
        mlp.stream().collect(Collectors.groupingBy(p -> p.role().component()));
    String fault = "";
    for (Component component : MLP) {
      int n = parts.getOrDefault(component, List.of()).size();
      if (n > 1 || (n == 0 && component != Component.MLP_GATE)) {
        fault = n + " matrices are its " + component.id();
      }
    }
    long neurons = 0;
    long entries = 0;
    if (fault.isEmpty()) {
      Parameter up = parts.get(Component.MLP_UP).get(0);
      neurons = up.outputs();
      for (Parameter p : mlp) {
        entries += p.tensor().count();
        if (neurons(p) != neurons) {
          fault = "'" + name(up) + "' has " + neurons + " neurons, '" + name(p) + "' ";
          fault += neurons(p);
        }
      }
      if (neurons > MOST) {
        fault = "'" + name(up) + "' has " + neurons + " neurons, more than " + MOST;
      }
    }
    return Task.of(
        role.stack().id() + " " + role.layer(),
        new Place(role.stack().id(), "mlp", role.layer()),
        Math.max(1, 8.0 * entries),
        (fault.isEmpty() ? 64 * neurons : 0) + (4L << 20),
        new MlpWeights(
            fault.isEmpty() ? neurons : 0,
            mlp.stream()
                .sorted((a, b) -> a.role().component().compareTo(b.role().component()))
                .map(Neurons::name)
                .toList(),
            parts.containsKey(Component.MLP_GATE),
            fault));
  }

  private static String name(Parameter p) {
    return p.tensor().name();
  }

  private static boolean down(Parameter p) {
    return p.role().component() == Component.MLP_DOWN;
  }

  private static long neurons(Parameter p) {
    return down(p) ? p.inputs() : p.outputs();
  }

  @Override
  public NeuronFigures measure(Work work, WeightSettings settings, Task<MlpWeights> task) {
    Model model = work.model();
    List<NeuronNorms> norms = new ArrayList<>();
    if (task.detail().fault().isEmpty()) {
      for (String tensor : task.detail().tensors()) {
        Parameter p = model.parameter(tensor).orElseThrow();
        try (TensorData data = model.checkpoint().map(p.tensor())) {
          norms.add(NeuronNorms.of(new TensorEntries(data), down(p) == p.transposed()));
        }
      }
    }
    return NeuronFigures.of(task, norms);
  }

  @Override
  public Section conclude(WeightSettings settings, List<NeuronFigures> results) {
    return new NeuronsSection(CARD, settings, results).section();
  }
}
