package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which dictionary of a torch file holds the model's tensors, and what the file says it was made
 * with.
 *
 * <p>Candidates are the dictionary at the top and those up to {@value #DEPTH} keys below it that
 * hold tensors by text. Those come first in which most names are paths of modules or end as
 * parameters do. One under a usual key ({@code state_dict}, {@code model}, ...) comes before the
 * top, unless the top has more tensors and more numbers than it; one under another key comes before
 * the top where it has more of both. Optimizers and their kin are none.
 *
 * @param dict the dictionary
 * @param key its keys from the top with dots between; "" for the top itself
 * @param others the other candidates, in words
 */
record StateDict(Pickle.Dict dict, String key, List<String> others) {
  private static final int DEPTH = 4;
  private static final int LISTED = 8;
  private static final int MOST_ARGUMENTS = 1000;

  /** In the order of preference. */
  private static final List<String> USUAL =
      List.of(
          "state_dict",
          "model_state_dict",
          "model",
          "model_state",
          "module",
          "net",
          "network",
          "weights",
          "params",
          "generator",
          "encoder",
          "ema",
          "model_ema",
          "ema_state_dict",
          "state_dict_ema");

  /** Names as modules give them: a path, or what a layer calls its parameters. */
  private static final Pattern PARAMETER =
      Pattern.compile("(?s)[^.].*\\..*[^.]|.*(?:weight|bias|gamma|beta|kernel|embedding)s?");

  private static final List<String> ARGUMENTS =
      List.of("model_args", "model_config", "config", "hyper_parameters", "hparams", "args");

  /** One of these says how large a model is. */
  private static final Set<String> SHAPES =
      Set.of(
          "n_layer",
          "n_layers",
          "n_embd",
          "num_layers",
          "num_hidden_layers",
          "hidden_size",
          "d_model",
          "dim");

  /**
   * A dictionary that holds tensors.
   *
   * @param tensors floating-point tensors that are no scalars
   * @param named how many of these have names as parameters of modules have
   * @param numbers what these hold together
   */
  private record Candidate(
      Pickle.Dict dict, String key, int depth, long tensors, long named, double numbers) {
    /** Whether it looks like a state_dict. */
    boolean modules() {
      return named * 2 > tensors;
    }

    String last() {
      return key.substring(key.lastIndexOf('.') + 1);
    }

    int usual() {
      int place = USUAL.indexOf(last());
      return place < 0 ? USUAL.size() : place;
    }

    /** Optimizers hold tensors of the model's shapes. */
    boolean trainer() {
      String name = key.toLowerCase(java.util.Locale.ROOT);
      return name.contains("optim") || name.contains("sched") || name.contains("rng");
    }

    boolean exceeds(Candidate other) {
      return tensors > other.tensors && numbers > other.numbers;
    }

    String words() {
      return Text.quoted(key.isEmpty() ? "." : key)
          + " ("
          + Text.grouped(tensors)
          + (tensors == 1 ? " tensor, " : " tensors, ")
          + Text.grouped((long) numbers)
          + " numbers)";
    }
  }

  /**
   * Chooses.
   *
   * @param in the file, for messages
   * @param top the dictionary at the top
   * @param wanted the key that the user gives, {@code .} for the top; empty where none is given
   * @throws InputException where there is no candidate, or none under that key
   */
  static StateDict choose(FileBytes in, Pickle.Dict top, Optional<String> wanted) {
    List<Candidate> all = new ArrayList<>();
    gather(top, "", 0, all, new IdentityHashMap<>());
    Candidate chosen = wanted.isPresent() ? named(in, all, wanted.get()) : best(in, top, all);
    List<String> others =
        all.stream()
            .filter(c -> !c.equals(chosen) && c.tensors > 0 && !c.trainer())
            .map(Candidate::words)
            .limit(LISTED)
            .toList();
    return new StateDict(chosen.dict, chosen.key, others);
  }

  /** Each dictionary is looked through once, however often the file refers to it. */
  private static void gather(
      Pickle.Dict dict,
      String key,
      int depth,
      List<Candidate> all,
      IdentityHashMap<Pickle.Dict, Boolean> seen) {
    if (seen.put(dict, true) != null) {
      return;
    }
    long tensors = 0;
    long named = 0;
    double numbers = 0;
    boolean any = false;
    for (Map.Entry<Object, Object> entry : dict.map.entrySet()) {
      Pickle.Call call = TorchArchive.tensorCall(entry.getValue());
      if (call != null && entry.getKey() instanceof String name) {
        any = true;
        double count = TorchArchive.weights(call);
        tensors += count > 0 ? 1 : 0;
        named += count > 0 && PARAMETER.matcher(name).matches() ? 1 : 0;
        numbers += count;
      }
    }
    if (any) {
      all.add(new Candidate(dict, key, depth, tensors, named, numbers));
    }
    for (Map.Entry<Object, Object> entry : dict.map.entrySet()) {
      if (depth < DEPTH
          && entry.getKey() instanceof String name
          && entry.getValue() instanceof Pickle.Dict inner) {
        gather(inner, key.isEmpty() ? name : key + "." + name, depth + 1, all, seen);
      }
    }
  }

  private static Candidate named(FileBytes in, List<Candidate> all, String wanted) {
    return all.stream()
        .filter(c -> c.key.equals(wanted.equals(".") ? "" : wanted))
        .findFirst()
        .orElseThrow(
            () ->
                in.fault(
                        "data.pkl",
                        "should hold tensors under the key " + Text.quoted(wanted),
                        all.isEmpty()
                            ? "holds tensors under none"
                            : "holds them under " + list(all.stream().map(Candidate::words)))
                    .remedy(
                        all.isEmpty()
                            ? "save a state_dict alone with torch.save"
                            : "give one of these to --key")
                    .build());
  }

  private static Candidate best(FileBytes in, Pickle.Dict top, List<Candidate> all) {
    Candidate first =
        all.stream()
            .filter(c -> !c.key.isEmpty() && c.tensors > 0 && !c.trainer())
            .min(
                Comparator.comparing(Candidate::modules, Comparator.reverseOrder())
                    .thenComparingInt(Candidate::usual)
                    .thenComparingInt(Candidate::depth)
                    .thenComparing(Candidate::numbers, Comparator.reverseOrder()))
            .orElse(null);
    Candidate own = all.stream().filter(c -> c.key.isEmpty()).findFirst().orElse(null);
    if (own == null && first == null) {
      if (top.map.values().stream().anyMatch(v -> TorchArchive.tensorCall(v) != null)) {
        throw in.fault("data.pkl", "must name tensors by text", "has a key that is none").build();
      }
      throw in.fault(
              "data.pkl",
              "must hold tensors by name, or a dictionary of them as "
                  + String.join(", ", USUAL.subList(0, 3)),
              "holds " + keys(top, null))
          .remedy("save a state_dict alone with torch.save")
          .build();
    }
    if (own == null || first == null) {
      return own == null ? first : own;
    }
    if (first.modules() != own.modules()) {
      return first.modules() ? first : own;
    }
    boolean usual = first.usual() < USUAL.size();
    return (usual ? !own.exceeds(first) : first.exceeds(own)) ? first : own;
  }

  /** The keys of a dictionary in words, without one of them. */
  static String keys(Pickle.Dict dict, String without) {
    List<String> keys =
        dict.map.keySet().stream()
            .filter(key -> !key.equals(without))
            .map(key -> key instanceof String text ? Text.quoted(text) : "a key that is no text")
            .toList();
    return keys.isEmpty() ? "nothing" : list(keys.stream());
  }

  private static String list(java.util.stream.Stream<String> words) {
    List<String> all = words.toList();
    String listed = String.join(", ", all.subList(0, Math.min(LISTED, all.size())));
    return all.size() > LISTED ? listed + " and " + (all.size() - LISTED) + " more" : listed;
  }

  /**
   * What the file says that its model was made with (nanoGPT's {@code model_args}, Lightning's
   * {@code hyper_parameters}), as a config.json would say it. Where the keys of a model lie one
   * dictionary deeper, that is taken, if it is the only one.
   */
  static Optional<JsonNode> arguments(Pickle.Dict top) {
    for (String key : ARGUMENTS) {
      if (top.map.get(key) instanceof Pickle.Dict dict) {
        if (shaped(dict)) {
          return Optional.of(config(dict));
        }
        List<Pickle.Dict> inner =
            dict.map.values().stream()
                .filter(v -> v instanceof Pickle.Dict d && shaped(d))
                .map(Pickle.Dict.class::cast)
                .toList();
        if (inner.size() == 1) {
          return Optional.of(config(inner.get(0)));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean shaped(Pickle.Dict dict) {
    return SHAPES.stream().anyMatch(dict.map::containsKey);
  }

  private static ObjectNode config(Pickle.Dict dict) {
    ObjectNode config = object(dict, 0);
    if (config.has("n_embd") && !config.has("model_type")) {
      // nanoGPT took the tanh form of GELU first and the exact one later, and does not say which.
      if (config.path("block_size").isIntegralNumber()) {
        config.set("n_positions", config.get("block_size"));
      }
      if (!config.has("activation_function")) {
        config.put("activation_function", "a GELU, the file does not say which");
      }
    }
    return config;
  }

  private static ObjectNode object(Pickle.Dict dict, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    dict.map.entrySet().stream()
        .filter(e -> e.getKey() instanceof String)
        .limit(MOST_ARGUMENTS)
        .forEach(e -> object.set((String) e.getKey(), value(e.getValue(), depth + 1)));
    return object;
  }

  /** A value as JSON has it; what JSON has not is a text that no key takes for a setting. */
  private static JsonNode value(Object value, int depth) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (value == null) {
      return json.nullNode();
    }
    if (value instanceof Long n) {
      return json.numberNode(n);
    }
    if (value instanceof Double x) {
      return Double.isFinite(x) ? json.numberNode(x) : json.textNode(x.toString());
    }
    if (value instanceof Boolean b) {
      return json.booleanNode(b);
    }
    if (value instanceof String s) {
      return json.textNode(s);
    }
    if (value instanceof Pickle.Dict dict && depth < DEPTH) {
      return object(dict, depth);
    }
    if (value instanceof Pickle.Items items && depth < DEPTH) {
      ArrayNode array = json.arrayNode();
      items.list.stream().limit(MOST_ARGUMENTS).forEach(item -> array.add(value(item, depth + 1)));
      return array;
    }
    return json.textNode("a value that is not read");
  }
}
