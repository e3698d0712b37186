package dev.orograph.instrument.weights;

import dev.orograph.checkpoint.TensorData;
import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.Gram;
import dev.orograph.linalg.Lapack;
import dev.orograph.linalg.Matrix;
import dev.orograph.linalg.Scope;
import dev.orograph.model.Component;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far the same matrix of different layers points the same way, entry by entry. */
public final class CrossLayer implements WeightInstrument<SameMatrix, CrossLayerFigures> {

  private static final Card CARD =
      new Card(
          "cross_layer",
          "Cosine between layers",
          "component of a stack",
          2,
          "cosine of the flattened weights of the same matrix in all pairs of layers",
          "All entries of a matrix are one vector; of two layers a and b the reference notebook takes a.b / (|a|"
              + " |b| + 1e-8), the sound figure is the cosine itself. All pairs come from one Gram"
              + " matrix in float64. The null is vectors in random directions: mean 0, standard"
              + " deviation 1/sqrt(entries).",
          "seed 003 section 4",
          "Layers add to one stream without sharing a basis of neurons or heads: permuting a"
              + " layer's heads or neurons changes nothing in the model and moves its cosine to"
              + " about 0. So a cosine near 0 does not say that layers do unrelated things; one"
              + " that is clearly not 0 may come of no more than a mean that all entries share.",
          List.of(
              "Vershynin, R. (2018). High-dimensional probability. Cambridge University Press."));

  /** Most layers compared: their pairs make a table. */
  static final int MOST_LAYERS = 256;

  private static final Set<Component> MATRICES =
      EnumSet.range(Component.SELF_ATTN_Q, Component.MLP_DOWN);

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<CrossLayerFigures> resultType() {
    return CrossLayerFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.KNOWN_FAMILY)
        .orLacks("no matrix of attention or MLP is there in two layers in one shape");
  }

  @Override
  public List<Task<SameMatrix>> tasks(Work work, WeightSettings settings) {
    Map<String, Map<List<Long>, List<Parameter>>> places = new LinkedHashMap<>();
    for (Component component : MATRICES) {
      for (Parameter p : work.model().parameters()) {
        if (p.matrix() && p.role().component() == component && p.role().layer() != Role.NO_LAYER) {
          places
              .computeIfAbsent(p.role().stack() + " " + component, k -> new LinkedHashMap<>())
              .computeIfAbsent(p.tensor().shape(), k -> new ArrayList<>())
              .add(p);
        }
      }
    }
    List<Task<SameMatrix>> tasks = new ArrayList<>();
    for (Map<List<Long>, List<Parameter>> shapes : places.values()) {
      int layers = shapes.values().stream().mapToInt(List::size).sum();
      for (List<Parameter> same : shapes.values()) {
        if (same.size() > 1) {
          List<Parameter> first = same.subList(0, Math.min(same.size(), MOST_LAYERS));
          tasks.add(SameMatrix.task(first, layers - first.size(), shapes.size() > 1));
        }
      }
    }
    return tasks;
  }

  @Override
  public CrossLayerFigures measure(Work work, WeightSettings settings, Task<SameMatrix> task) {
    List<TensorData> layers = new ArrayList<>();
    try (Scope scope = new Scope()) {
      for (String tensor : task.detail().tensors()) {
        layers.add(data(work.model(), tensor));
      }
      Matrix gram =
          Lapack.with(
              task.nativeThreads(), () -> Gram.ofRows(new LayersAsRows(work, layers), scope));
      List<Double> products = new ArrayList<>();
      for (int i = 0; i < gram.rows(); i++) {
        for (int j = 0; j <= i; j++) {
          products.add(gram.get(i, j));
        }
      }
      return new CrossLayerFigures(task, products);
    } finally {
      layers.forEach(TensorData::close);
    }
  }

  @Override
  public Section conclude(WeightSettings settings, List<CrossLayerFigures> results) {
    return new CrossLayerSection(CARD, settings, results).section();
  }
}
