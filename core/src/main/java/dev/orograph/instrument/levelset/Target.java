package dev.orograph.instrument.levelset;

import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.DType;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.input.InputException;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.State;
import dev.orograph.model.forward.States;
import dev.orograph.model.forward.Transformer;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The distribution over tokens that a level-set is about. */
final class Target {
  /** How far the sum of given probabilities may be from 1: float32 sums of long tables. */
  private static final double SUM = 1e-4;

  private Target() {}

  /**
   * The probabilities, {@code (vocabulary)}, that add up to 1.
   *
   * @throws InputException where the word, id, text or file cannot be a target of this model
   */
  static double[] of(LevelSetSettings s, Model model, Transformer t, int vocabulary) {
    Path place = model.checkpoint().root();
    if (s.file().given()) {
      return file(s, vocabulary);
    }
    if (!s.from().isEmpty()) {
      return said(s.from(), model, t);
    }
    double[] p = new double[vocabulary];
    if (s.id() >= 0) {
      if (s.id() >= vocabulary) {
        throw InputException.at(place)
            .place("--target-id")
            .expected("must be below the " + vocabulary + " tokens that the model scores")
            .found("is " + s.id())
            .remedy("name another token")
            .build();
      }
      p[s.id()] = 1;
      return p;
    }
    Tokenizer tokenizer = tokenizer(model, "--target");
    List<Integer> ids = tokenizer.encode(s.word()).ids();
    int unknown = tokenizer.specials().getOrDefault("unk", -1);
    if (ids.isEmpty() || ids.contains(unknown) || ids.stream().anyMatch(i -> i >= vocabulary)) {
      throw InputException.at(place)
          .place("--target '" + s.word() + "'")
          .expected("must be a word that the model's tokenizer knows")
          .found(
              ids.isEmpty()
                  ? "it has no token"
                  : ids.contains(unknown)
                      ? "part of it is the unknown token"
                      : "its token is none that the model scores")
          .remedy("take another word, or name a token with --target-id")
          .build();
    }
    ids.forEach(i -> p[i] = 1);
    return normalised(p);
  }

  private static Tokenizer tokenizer(Model model, String option) {
    model
        .whyNoTokenizer()
        .ifPresent(
            why -> {
              throw InputException.at(model.checkpoint().root())
                  .place(option)
                  .expected("needs a tokenizer")
                  .found(why)
                  .remedy("name a token with --target-id")
                  .build();
            });
    return model.tokenizer().orElseThrow();
  }

  private static double[] said(String text, Model model, Transformer t) {
    Tokenizer tokenizer = tokenizer(model, "--target-from");
    Design design = t.design();
    List<Integer> ids =
        design.encoderDecoder() ? tokenizer.encodeWithSpecials(text).ids() : tokenizer.prompt(text);
    Inputs in = Inputs.ids(ids.stream().mapToInt(Integer::intValue).toArray());
    in = design.encoderDecoder() ? in.decoder(Inputs.ids(design.start())) : in;
    try (States states = t.forward(in, Set.of("logits"))) {
      State logits = states.get("logits");
      double[] scores = logits.vector(0, Math.toIntExact(logits.shape().get(1)) - 1);
      double most = Arrays.stream(scores).max().orElseThrow();
      return normalised(Arrays.stream(scores).map(v -> Math.exp(v - most)).toArray());
    }
  }

  private static double[] file(LevelSetSettings s, int vocabulary) {
    Path file = s.file().unchanged();
    try (Checkpoint c = Checkpoint.open(file)) {
      List<TensorInfo> all = c.tensors();
      if (all.size() != 1) {
        throw fault(file, "must hold one array of probabilities", "holds " + all.size());
      }
      TensorInfo info = all.get(0);
      if ((info.dtype() != DType.F32 && info.dtype() != DType.F64) || info.count() != vocabulary) {
        throw fault(
            file,
            "must hold " + vocabulary + " numbers of float32 or float64, one per token",
            "holds " + info.dtype() + " " + info.shape());
      }
      double[] p = new double[vocabulary];
      try (TensorData data = c.map(info)) {
        data.read(0, p, 0, p.length);
      }
      for (int i = 0; i < p.length; i++) {
        if (!(p[i] >= 0) || Double.isInfinite(p[i])) {
          throw fault(file, "must hold probabilities", "entry " + i + " is " + p[i]);
        }
        if (s.reverse() && p[i] == 0) {
          throw fault(
              file,
              "must give every token a probability above 0 for KL(model||target)",
              "token " + i + " has 0, which makes it infinite");
        }
      }
      double sum = Arrays.stream(p).sum();
      if (!(Math.abs(sum - 1) <= SUM)) {
        throw fault(file, "must hold probabilities that add up to 1", "they add up to " + sum);
      }
      return normalised(p);
    }
  }

  private static InputException fault(Path file, String expected, String found) {
    return InputException.at(file)
        .expected(expected)
        .found(found)
        .remedy("save p / p.sum() with numpy.save")
        .build();
  }

  private static double[] normalised(double[] p) {
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }

  /** - sum p ln p in nats. */
  static double entropy(double[] p) {
    double sum = 0;
    for (double v : p) {
      sum -= v > 0 ? v * Math.log(v) : 0;
    }
    return sum;
  }
}
