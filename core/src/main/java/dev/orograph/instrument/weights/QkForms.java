package dev.orograph.instrument.weights;

import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.linalg.SquareForm;
import dev.orograph.model.Component;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.Role;
import dev.orograph.model.StackSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The bilinear forms by which attention compares: per head, symmetric or not, against permuted
 * inputs; and the seed's product of whole matrices.
 */
public final class QkForms implements WeightInstrument<QkPair, QkFigures> {
  private static final Card CARD =
      new Card(
          "qk",
          "Query-key forms",
          "attention",
          3,
          "how symmetric each head's comparison of queries with keys is, and how it weighs likeness"
              + " against unlikeness",
          "Head h compares x with y by x^T M y, M = W_q,h^T W_k,h (d x d, rank at most d_head), through"
              + " problems of size 2 d_head. The score tr(MM)/tr(MM^T) is 1 for a symmetric M, -1 for"
              + " an antisymmetric one; positive energy is the share of squared eigenvalues of (M +"
              + " M^T)/2 that belongs to positive ones. The null permutes the inputs of W_k, which"
              + " keeps both weights and forgets which inputs belong together. The form"
              + " of a whole layer, W_q^T W_k, is the sum of its heads' and has a score of its own, which is"
              + " what the literature reports. The reference notebooks' A = W_q W_k^T"
              + " compares outputs with outputs and stands beside it for reproduction.",
          "seed 003 sections 4 to 6; Saponati et al. 2025",
          "Norm scales are not folded in, rotary positions are at offset 0, biases and query and key"
              + " norms are left out; attention patterns also depend on the inputs. Counts of positive"
              + " eigenvalues of M are fixed by Sylvester's law and say nothing. In cross-attention"
              + " query and key come from different streams: there symmetry has no meaning and is"
              + " not claimed.",
          List.of(
              "Vaswani, A. et al. (2017). Attention is all you need.",
              "Saponati, M., Sager, P., Aceituno, P. V., Stadelmann, T. & Grewe, B. (2025). The"
                  + " underlying structures of self-attention: symmetry, directionality, and emergent"
                  + " dynamics in Transformer training. ICML.",
              "Horn, R. A. & Johnson, C. R. (2013). Matrix Analysis, 4.5 (Sylvester's law of"
                  + " inertia)."));

  /** Inputs up to which more permutations are drawn, and the whole product is probed. */
  private static final int SMALL = 1024;

  /** Multiplications of the whole product from which a second thread is worth it. */
  private static final double LARGE = 1e11;

  private static final int MANY_DRAWS = 10;
  private static final int FEW_DRAWS = 1;
  private static final int MOST_FULL = 16;

  /** Permutations that also give eigenvalues, of small matrices. */
  private static final int FULL_ORDERS = 4;

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Class<QkFigures> resultType() {
    return QkFigures.class;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.KNOWN_FAMILY)
        .orLacks("no query weight with its key weight");
  }

  @Override
  public List<Task<QkPair>> tasks(Work work, WeightSettings settings) {
    Model model = work.model();
    List<Task<QkPair>> tasks = new ArrayList<>();
    Set<String> probed = new HashSet<>();
    for (Pair pair : pairs(model)) {
      Role role = pair.query().role();
      boolean first = probed.add(role.stack() + " " + role.component());
      tasks.add(task(work, model, settings, pair, first));
    }
    return tasks;
  }

  /** Heads that do not divide the weights: the other analyses need not know of them. */
  @Override
  public Optional<String> obstacle(Work work, WeightSettings settings) {
    try {
      tasks(work, settings);
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** A query weight and the key weight of the same attention. */
  private record Pair(Parameter query, Parameter key) {}

  /** In the order of stack, component and layer; of several of one role the first. */
  private static List<Pair> pairs(Model model) {
    Map<String, Parameter> keys = new HashMap<>();
    List<Parameter> queries = new ArrayList<>();
    for (Parameter p : model.parameters()) {
      if (p.matrix()) {
        switch (p.role().component()) {
          case SELF_ATTN_Q, CROSS_ATTN_Q -> queries.add(p);
          case SELF_ATTN_K, CROSS_ATTN_K -> keys.putIfAbsent(place(p), p);
          default -> {}
        }
      }
    }
    queries.sort(
        Comparator.comparing((Parameter p) -> p.role().stack())
            .thenComparing(p -> p.role().component())
            .thenComparing(p -> p.role().layer()));
    List<Pair> pairs = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Parameter q : queries) {
      Parameter k = keys.get(place(q));
      if (k != null && seen.add(place(q))) {
        pairs.add(new Pair(q, k));
      }
    }
    return pairs;
  }

  /** Which attention a query or key weight belongs to. */
  private static String place(Parameter p) {
    boolean self =
        p.role().component() == Component.SELF_ATTN_Q
            || p.role().component() == Component.SELF_ATTN_K;
    return p.role().stack() + (self ? " self " : " cross ") + p.role().layer();
  }

  private static Task<QkPair> task(
      Work work, Model model, WeightSettings settings, Pair pair, boolean first) {
    Parameter q = pair.query();
    Parameter k = pair.key();
    StackSpec stack = model.spec().stack(q.role().stack()).orElse(null);
    int heads = stack == null ? 0 : stack.heads();
    int keyHeads = stack == null ? 0 : stack.keyHeads();
    requireHeads(q, heads);
    requireHeads(k, keyHeads);
    if (heads > 0 && q.outputs() / heads != k.outputs() / keyHeads) {
      throw fault(q)
          .expected("should have heads as wide as those of " + Text.quoted(k.tensor().name()))
          .found(q.outputs() / heads + " against " + k.outputs() / keyHeads)
          .remedy("check the number of heads in the configuration")
          .build();
    }
    String obstacle =
        q.inputs() != k.inputs()
            ? "queries and keys have inputs of different widths"
            : heads == 0 && q.outputs() != k.outputs()
                ? "the configuration does not say how many heads there are"
                : "";
    double d = q.inputs();
    double inner = q.outputs();
    double width = inner / Math.max(1, heads);
    boolean small = Math.max(d, inner) <= SMALL;
    long blocks = (long) (8 * 8 * d * width) + (48L << 20);
    double whole = inner * inner * (2 * d + 4 * inner);
    int threads = whole > LARGE ? 2 : 1;
    long product =
        (long) (8 * inner * (inner + Math.max(inner, d)))
            + SquareForm.bytes((long) inner, (long) d, threads);
    boolean seed =
        obstacle.isEmpty() && inner * d < Integer.MAX_VALUE && blocks + product <= work.memory();
    boolean sound = settings.sound() && heads > 0 && obstacle.isEmpty();
    long squared = (long) (8 * d * d);
    boolean layer = sound && d * d < Integer.MAX_VALUE && blocks + squared <= work.memory();
    int draws = sound ? (small ? MANY_DRAWS : FEW_DRAWS) : 0;
    int full = sound ? Math.min(heads, MOST_FULL) : 0;
    double head = width * width * (3 * d + 60 * width + draws * d);
    Place place =
        new Place(
            q.role().stack().id(),
            q.role().component() == Component.SELF_ATTN_Q ? "self_attn" : "cross_attn",
            q.role().layer());
    return new Task<>(
        place.stack() + "." + place.component() + "." + place.layer(),
        place,
        Math.max(
            1,
            (sound ? heads * head : 0)
                + (seed ? whole : 0)
                + (layer ? d * d * (2 * inner + 4 * draws) : 0)),
        blocks + Math.max(seed ? product : 0, layer ? squared : 0),
        seed ? threads : 1,
        new QkPair(
            q.tensor().name(),
            k.tensor().name(),
            heads,
            keyHeads,
            (int) q.inputs(),
            (int) q.outputs(),
            seed,
            layer,
            settings.sound() && first && small && seed,
            draws,
            full,
            small ? Math.min(draws, FULL_ORDERS) : Math.min(draws, 1),
            obstacle));
  }

  private static void requireHeads(Parameter p, int heads) {
    if (heads > 0 && p.outputs() % heads != 0) {
      throw fault(p)
          .expected("should have a multiple of " + heads + " heads as outputs")
          .found("it has " + p.outputs())
          .remedy("check the number of heads in the configuration")
          .build();
    }
  }

  private static InputException.Builder fault(Parameter p) {
    return InputException.at(p.tensor().file()).place(Text.quoted(p.tensor().name()));
  }

  @Override
  public QkFigures measure(Work work, WeightSettings settings, Task<QkPair> task) {
    return QkMeasurement.measure(work, settings, task);
  }

  @Override
  public Section conclude(WeightSettings settings, List<QkFigures> results) {
    return new QkSection(CARD, settings, results).section();
  }
}
