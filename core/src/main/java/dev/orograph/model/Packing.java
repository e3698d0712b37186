package dev.orograph.model;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.Text;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether the stored numbers are the weights. They are not where whole numbers stand in a weight's
 * place, where anything that scales stands beside FP8 numbers or whole ones, and where a
 * configuration declares a quantisation that the tensors do not contradict: floating-point tensors
 * of the shapes that it gives too, without anything beside them, are plain, and the declaration is
 * left over. Numbers that {@code checkpoint} decodes with their scales are the weights.
 *
 * @param packed why the stored numbers are not the weights
 * @param leftover the declaration that the tensors contradict
 */
record Packing(Optional<String> packed, Optional<String> leftover) {
  /** Endings that only packed weights have. */
  private static final Pattern ENDINGS =
      Pattern.compile(
          ".*\\.(?:qweight|qzeros|qscales?|g_idx|SCB|Qidxs|W_q|absmax|quant_map|nested_absmax"
              + "|nested_quant_map|weight_packed|weight_zero_point|weight_scales?|weight_scale_2"
              + "|codebooks?|quant_state\\..*)|.*_scale_inv");

  private static final List<String> DECLARED = List.of("quantization_config", "quantization");

  /** Methods that change how weights are stored and nothing else. */
  private static final Set<String> STORAGE = Set.of("bitsandbytes", "gptq", "awq");

  private static final Pattern SCALING =
      Pattern.compile("(?i).*(?:scale|scl|scb|zero|absmax|amax|biases|qmap|lut).*|(?:.*_)?s");

  /** What scales FP8 numbers wherever it lies. */
  private static final Pattern SCALE =
      Pattern.compile("(?i)(?:.*[._])?(?:scales?|scale_?inv|amax(?:_history)?)(?:[._].*)?");

  static Packing of(
      Checkpoint checkpoint, Optional<Config> config, List<Parameter> parameters, ModelSpec spec) {
    Optional<String> declared = config.flatMap(Packing::declared);
    Optional<String> seen = seen(checkpoint.tensors(), parameters);
    if (seen.isPresent()) {
      return new Packing(
          seen.map(s -> s + declared.map(d -> "; the configuration has " + d).orElse("")),
          Optional.empty());
    }
    if (declared.isEmpty()) {
      return new Packing(Optional.empty(), Optional.empty());
    }
    if (checkpoint.tensors().stream().anyMatch(TensorInfo::scaled)) {
      return new Packing(Optional.empty(), Optional.empty()); // as declared, and decoded
    }
    boolean codes = checkpoint.tensors().stream().anyMatch(Packing::code);
    Optional<String> shape =
        parameters.stream().flatMap(p -> misshaped(p, spec).stream()).findFirst();
    boolean shaped =
        !spec.stacks().isEmpty()
            && spec.stacks().stream()
                .allMatch(s -> s.dModel() > 0 && s.heads() > 0 && s.dHead() > 0 && s.dFf() > 0);
    if (!shaped || codes || shape.isPresent()) {
      return new Packing(
          Optional.of(
              "the configuration has "
                  + declared.get()
                  + (shaped ? shape.map(s -> ", and " + s).orElse("") : "")),
          Optional.empty());
    }
    return new Packing(Optional.empty(), declared);
  }

  /**
   * The configuration of what is computed: without a declaration that only says how weights are
   * stored, where they are not stored so.
   */
  Config computed(Config c) {
    boolean storage =
        STORAGE.contains(c.textsOf(DECLARED.get(0), "quant_method").toLowerCase(Locale.ROOT));
    return leftover.isPresent() && storage ? c.without(DECLARED.get(0)) : c;
  }

  /** What a configuration declares, in words. */
  private static Optional<String> declared(Config c) {
    for (String key : DECLARED) {
      if (c.has(key)) {
        String method = c.textsOf(key, "quant_method", "quant_algo", "mode");
        return Optional.of("'" + key + "'" + (method.isEmpty() ? "" : " (" + method + ")"));
      }
    }
    return Optional.empty();
  }

  /** What the tensors themselves show. */
  private static Optional<String> seen(List<TensorInfo> tensors, List<Parameter> parameters) {
    Map<String, TensorInfo> byName = new HashMap<>();
    tensors.forEach(t -> byName.put(t.name(), t));
    Set<String> marked = new HashSet<>();
    for (TensorInfo t : tensors) {
      if (ENDINGS.matcher(t.name()).matches()) {
        return Optional.of(belongs(t.name(), "packed weights"));
      }
      if (t.name().equals("scaled_fp8") || t.name().endsWith(".scaled_fp8")) {
        marked.add(t.name());
      }
      String blocks = t.name().replaceFirst("_scales$", "_blocks");
      if (!blocks.equals(t.name()) && byName.containsKey(blocks)) {
        return Optional.of(belongs(t.name(), Text.quoted(blocks) + ", which is packed"));
      }
    }
    Map<String, TensorInfo> codes = new HashMap<>();
    for (TensorInfo t : tensors) {
      if (code(t)) {
        codes.putIfAbsent(parent(t.name()), t);
      }
    }
    for (TensorInfo t : tensors) {
      TensorInfo code = codes.get(parent(t.name()));
      if (code != null && !code.equals(t) && scales(t, code)) {
        return Optional.of(belongs(t.name(), Text.quoted(code.name())));
      }
      Optional<TensorInfo> owner = owner(t, byName).filter(o -> code(o) && !mask(t));
      if (owner.isPresent()) {
        return Optional.of(belongs(t.name(), Text.quoted(owner.get().name())));
      }
    }
    Optional<TensorInfo> small = tensors.stream().filter(t -> t.rank() >= 2 && fp8(t)).findFirst();
    if (small.isPresent()) {
      for (Parameter p : parameters) {
        if (p.role().component() == Component.OTHER
            && p.tensor().dtype().floating()
            && SCALE.matcher(p.tensor().name()).matches()) {
          return Optional.of(
              belongs(p.tensor().name(), "FP8 numbers, as " + Text.quoted(small.get().name())));
        }
      }
    }
    for (TensorInfo t : tensors) {
      if (fp8(t) && t.rank() >= 2 && !marked.isEmpty()) {
        return Optional.of(belongs(marked.iterator().next(), Text.quoted(t.name())));
      }
    }
    for (Parameter p : parameters) {
      TensorInfo t = p.tensor();
      boolean weight = t.name().endsWith("weight") || known(p);
      if (weight && t.rank() >= 2 && !t.dtype().floating() && t.dtype() != DType.BOOL) {
        return Optional.of(Text.quoted(t.name()) + " holds whole numbers in place of weights");
      }
    }
    return Optional.empty();
  }

  /** Whether a tensor may hold codes in place of weights. */
  private static boolean code(TensorInfo t) {
    return t.rank() >= 2 && (fp8(t) || !t.dtype().floating()) && !mask(t);
  }

  /**
   * What a tensor is named after: {@code X.weight} for {@code X.weight.scale} and {@code X_scale},
   * {@code X} for {@code X.scales}.
   */
  private static Optional<TensorInfo> owner(TensorInfo t, Map<String, TensorInfo> byName) {
    String name = t.name();
    int dot = name.lastIndexOf('.');
    String last = name.substring(dot + 1);
    if (dot > 0 && SCALING.matcher(last).matches() && byName.containsKey(name.substring(0, dot))) {
      return Optional.of(byName.get(name.substring(0, dot)));
    }
    for (int at = name.lastIndexOf('_'); at > dot + 1; at = name.lastIndexOf('_', at - 1)) {
      TensorInfo weight = byName.get(name.substring(0, at) + ".weight");
      if (weight != null && SCALING.matcher(name.substring(at + 1)).matches()) {
        return Optional.of(weight);
      }
    }
    return Optional.empty();
  }

  private static boolean known(Parameter p) {
    return p.role().component() != Component.OTHER && p.role().component() != Component.BUFFER;
  }

  /**
   * Whether a tensor beside packed numbers scales them: named so, or of any other kind in the same
   * module. Names without a module have nothing in common.
   */
  private static boolean scales(TensorInfo t, TensorInfo code) {
    String own = t.name().substring(parent(code.name()).length());
    if (own.equals("bias") || own.equals("weight") || own.endsWith("_bias") || mask(t)) {
      return false;
    }
    if (t.name().startsWith(code.name() + "_") || (fp8(code) && own.equals("_extra_state"))) {
      return true;
    }
    boolean module = code.name().contains(".") || code.name().equals("weight");
    boolean matrix = t.rank() >= 2 && t.dtype() == code.dtype();
    boolean unnamed = fp8(code) && !matrix && t.dtype().floating() && !own.contains("norm");
    return module && (unnamed || SCALING.matcher(own).matches());
  }

  private static boolean fp8(TensorInfo t) {
    return t.dtype() == DType.F8_E4M3 || t.dtype() == DType.F8_E5M2;
  }

  private static boolean mask(TensorInfo t) {
    return t.dtype() == DType.BOOL || t.dtype() == DType.I64;
  }

  private static String belongs(String name, String to) {
    return Text.quoted(name) + " belongs to " + to;
  }

  /** A name up to its last dot, the dot included. */
  private static String parent(String name) {
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  /** Why a matrix has not the shape that the configuration gives it. */
  private static Optional<String> misshaped(Parameter p, ModelSpec spec) {
    StackSpec s = spec.stack(p.role().stack()).orElse(null);
    if (s == null || !p.matrix() || p.role().layer() == Role.NO_LAYER) {
      return Optional.empty();
    }
    boolean fits =
        switch (p.role().component()) {
          case SELF_ATTN_Q ->
              p.inputs() == s.dModel() && p.outputs() == (long) s.heads() * s.dHead();
          case SELF_ATTN_K, SELF_ATTN_V ->
              p.inputs() == s.dModel() && p.outputs() == (long) s.keyHeads() * s.dHead();
          case SELF_ATTN_O ->
              p.outputs() == s.dModel() && p.inputs() == (long) s.heads() * s.dHead();
          case MLP_GATE, MLP_UP -> p.inputs() == s.dModel() && p.outputs() == s.dFf();
          case MLP_DOWN -> p.outputs() == s.dModel() && p.inputs() == s.dFf();
          default -> true;
        };
    return fits
        ? Optional.empty()
        : Optional.of(
            Text.quoted(p.tensor().name())
                + " has not the shape that it gives: "
                + p.tensor().shape());
  }
}
