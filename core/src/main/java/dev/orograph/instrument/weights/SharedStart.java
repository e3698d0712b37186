package dev.orograph.instrument.weights;

import static dev.orograph.model.Component.CROSS_ATTN_K;
import static dev.orograph.model.Component.CROSS_ATTN_V;
import static dev.orograph.model.Component.SELF_ATTN_K;
import static dev.orograph.model.Component.SELF_ATTN_V;

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
import dev.orograph.model.StackSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How far two checkpoints have one origin, tensor by tensor. */
public final class SharedStart implements WeightInstrument<SharedStart.Pair, SharedStartFigures> {
  /** Components whose rows are the same thing in every model: tokens, positions, segments. */
  private static final Set<Component> NAMED_ROWS =
      Set.of(
          Component.EMBEDDING,
          Component.HEAD,
          Component.TYPE_EMBEDDING,
          Component.POSITION_EMBEDDING,
          Component.POSITION_BIAS);

  private static final long BYTES = 32L << 20;

  private static final Card CARD =
      new Card(
          "shared_start",
          "Shared start",
          "tensor",
          3,
          "how far tensors of the same name and shape in two models have one origin",
          "Cosine of the two tensors, entry by entry, and their distance over the root of the sum"
              + " of their squares. Networks that were begun apart number their units in an order"
              + " of their own, so chance is the cosine with rows and columns of one tensor permuted:"
              + " its mean and variance follow in closed form from the two-way means. Of tables"
              + " whose rows have names, such as tokens, only columns are permuted, 19 times. Which"
              + " layer is which: cosines of the first 16,384 entries of each layer's tensors with"
              + " those of every layer of the other model. Of a matrix that has one origin in both:"
              + " the singular values of the difference, its stable rank |D|^2 / s1^2 against"
              + " independent entries of the same size (s1^2 by the Tracy-Widom law), and how far"
              + " the 16 leading left and right singular directions of the two are the same ones,"
              + " |u_i . u'_i| and the best match among the 16; chance is 1/sqrt(d) and sqrt(2 ln k /"
              + " d) of d dimensions and k directions. Entries of W_q and W_k depend on the basis that"
              + " each head happens to have, W_q^T W_k and W_o W_v do not: of every attention the"
              + " cosine of these forms head by head, tr(M^T M') / (|M| |M'|), with the heads paired"
              + " otherwise as chance.",
          "our own; the permutation symmetry is that of Hecht-Nielsen 1990",
          "A cosine near 0 does not show that two models were begun apart: training moves weights,"
              + " and the same network may be stored with its units in another order. Norm scales"
              + " and biases begin alike everywhere, so only matrices count. A high cosine does not"
              + " say which model came first. Directions of nearly equal singular values may change"
              + " places or mix without anything having moved; the best match forgives the first,"
              + " not the second. Heavy-tailed entries alone lower a difference's stable rank. Forms of"
              + " heads leave biases out, and rotary positions are at offset 0.",
          List.of(
              "Hecht-Nielsen, R. (1990). On the algebraic structure of feedforward network weight"
                  + " spaces. Advanced Neural Computers.",
              "Johnstone, I. (2001). On the distribution of the largest eigenvalue in principal"
                  + " components analysis. Annals of Statistics.",
              "Entezari, R. et al. (2022). The role of permutation invariance in linear mode"
                  + " connectivity of neural networks. ICLR."));

  /**
   * What a task compares.
   *
   * @param tensor name of the tensor in both; "" for all layers of a component
   * @param named whether its rows have names
   * @param layers names of the tensors of the layers of the first model, by number of the layer
   * @param others those of the second
   * @param attention whose heads are compared; null for anything else
   */
  record Pair(
      String tensor,
      boolean named,
      Map<Integer, String> layers,
      Map<Integer, String> others,
      HeadForms.Attention attention)
      implements Serializable {}

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.twoModels(Need.PLAIN_WEIGHTS).orLacks("no two tensors of the same name and shape");
  }

  @Override
  public Class<SharedStartFigures> resultType() {
    return SharedStartFigures.class;
  }

  @Override
  public List<Task<Pair>> tasks(Work work, WeightSettings settings) {
    Model a = work.model(0);
    Model b = work.model(1);
    List<Task<Pair>> tasks = new ArrayList<>();
    for (Parameter p : a.parameters()) {
      Parameter q = b.parameter(p.tensor().name()).orElse(null);
      if (q != null && alike(p, q)) {
        boolean named = p.matrix() && !p.transposed() && NAMED_ROWS.contains(p.role().component());
        tasks.add(
            Task.of(
                p.tensor().name(),
                new Place(p.role().stack().id(), p.group(), p.role().layer()),
                (named && settings.sound() ? 24.0 : 6.0) * p.tensor().count() + moved(p),
                bytes(p),
                new Pair(p.tensor().name(), named, Map.of(), Map.of(), null)));
      }
    }
    if (!tasks.isEmpty()) {
      layers(a, b, tasks);
      attentions(work, a, b, tasks);
    }
    return tasks;
  }

  /** Both forms of every attention that the two have in one shape. */
  private static void attentions(Work work, Model a, Model b, List<Task<Pair>> tasks) {
    Map<String, Parameter> all = new LinkedHashMap<>();
    for (Parameter p : a.parameters()) {
      Parameter q = b.parameter(p.tensor().name()).orElse(null);
      if (p.matrix() && q != null && alike(p, q) && q.transposed() == p.transposed()) {
        all.putIfAbsent(place(p, p.role().component()), p);
      }
    }
    for (Parameter p : List.copyOf(all.values())) {
      switch (p.role().component()) {
        case SELF_ATTN_Q -> heads(work, a, b, "qk", p, all.get(place(p, SELF_ATTN_K)), tasks);
        case CROSS_ATTN_Q -> heads(work, a, b, "qk", p, all.get(place(p, CROSS_ATTN_K)), tasks);
        case SELF_ATTN_O -> heads(work, a, b, "ov", p, all.get(place(p, SELF_ATTN_V)), tasks);
        case CROSS_ATTN_O -> heads(work, a, b, "ov", p, all.get(place(p, CROSS_ATTN_V)), tasks);
        default -> {}
      }
    }
  }

  private static String place(Parameter p, Component component) {
    return p.role().stack() + " " + p.role().layer() + " " + component;
  }

  private static void heads(
      Work work,
      Model a,
      Model b,
      String form,
      Parameter left,
      Parameter right,
      List<Task<Pair>> tasks) {
    StackSpec stack = a.spec().stack(left.role().stack()).orElse(null);
    StackSpec other = b.spec().stack(left.role().stack()).orElse(null);
    if (right == null
        || stack == null
        || other == null
        || stack.heads() != other.heads()
        || stack.keyHeads() != other.keyHeads()) {
      return;
    }
    int heads = stack.heads();
    int groups = stack.keyHeads();
    long inner = form.equals("qk") ? left.outputs() : left.inputs();
    long across = form.equals("qk") ? left.inputs() : left.outputs();
    boolean fits =
        heads > 1
            && groups > 0
            && heads % groups == 0
            && inner % heads == 0
            && right.outputs() == inner / heads * groups
            && (form.equals("ov") || right.inputs() == across)
            && HeadForms.bytes(inner, Math.max(across, right.inputs())) <= work.memory();
    if (fits) {
      String place = left.role().component().id().replaceAll("_[qo]$", "");
      tasks.add(
          Task.of(
              "heads of "
                  + left.role().stack().id()
                  + " "
                  + place
                  + " "
                  + form
                  + " "
                  + left.role().layer(),
              new Place(left.role().stack().id(), place, left.role().layer()),
              6.0 * inner * inner * across,
              HeadForms.bytes(inner, Math.max(across, right.inputs())),
              new Pair(
                  "",
                  false,
                  Map.of(),
                  Map.of(),
                  new HeadForms.Attention(
                      form, left.tensor().name(), right.tensor().name(), heads, groups))));
    }
  }

  /** Operations for the spectrum and the directions of a matrix, should it have one origin. */
  private static double moved(Parameter p) {
    return p.tensor().rank() == 2 ? 3.0 * p.tensor().count() * shortSide(p) : 0;
  }

  private static long shortSide(Parameter p) {
    return Math.min(p.tensor().rows(), p.tensor().columns());
  }

  private static long bytes(Parameter p) {
    return BYTES
        + 16L * (1 << 18)
        + 128 * columns(p)
        + (p.tensor().rank() == 2 ? MovedMatrix.bytes(p.tensor().rows(), p.tensor().columns()) : 0);
  }

  private static long columns(Parameter p) {
    return p.tensor().count() / Math.max(1, p.tensor().shape().get(0));
  }

  private static boolean alike(Parameter p, Parameter q) {
    return p.weight()
        && q.weight()
        && p.tensor().rank() > 0
        && p.tensor().count() > 1
        && p.tensor().shape().equals(q.tensor().shape());
  }

  /** Tensors by component, then by layer, where a layer has one. */
  private static Map<String, Map<Integer, Parameter>> byLayer(Model model) {
    Map<String, Map<Integer, Parameter>> all = new LinkedHashMap<>();
    for (Parameter p : model.parameters()) {
      if (p.matrix() && p.role().layer() >= 0 && !p.tensor().isPart()) {
        all.computeIfAbsent(p.role().stack().id() + " " + p.group(), k -> new LinkedHashMap<>())
            .putIfAbsent(p.role().layer(), p);
      }
    }
    return all;
  }

  private static void layers(Model a, Model b, List<Task<Pair>> tasks) {
    Map<String, Map<Integer, Parameter>> others = byLayer(b);
    byLayer(a)
        .forEach(
            (component, own) -> {
              Map<Integer, Parameter> theirs = others.getOrDefault(component, Map.of());
              if (own.size() < 2 || theirs.size() < 2) {
                return;
              }
              List<Long> shape = own.values().iterator().next().tensor().shape();
              boolean same =
                  java.util.stream.Stream.of(own, theirs)
                      .flatMap(m -> m.values().stream())
                      .allMatch(p -> p.tensor().shape().equals(shape));
              if (same) {
                Parameter first = own.values().iterator().next();
                tasks.add(
                    Task.of(
                        "layers of " + component,
                        new Place(first.role().stack().id(), first.group(), Place.NO_LAYER),
                        1.0 * own.size() * theirs.size() * SharedStartFigures.LEADING,
                        BYTES + 8L * SharedStartFigures.LEADING * (own.size() + theirs.size() + 2),
                        new Pair("", false, names(own), names(theirs), null)));
              }
            });
  }

  /** In the order of the layers. */
  private static Map<Integer, String> names(Map<Integer, Parameter> layers) {
    java.util.TreeMap<Integer, String> names = new java.util.TreeMap<>();
    layers.forEach((layer, p) -> names.put(layer, p.tensor().name()));
    return names;
  }

  @Override
  public SharedStartFigures measure(Work work, WeightSettings settings, Task<Pair> task) {
    return new SharedStartMeasurement(work, settings, task).figures();
  }

  @Override
  public Section conclude(WeightSettings settings, List<SharedStartFigures> results) {
    return new SharedStartSection(CARD, settings, results).section();
  }
}
