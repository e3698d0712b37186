package dev.orograph.instrument.alignment.modulator;

import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Built;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Measured;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Piece;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Point;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Said;
import dev.orograph.instrument.alignment.modulator.ModulateFigures.Trained;
import dev.orograph.model.Model;
import dev.orograph.model.design.Design;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.ModulatorFolder;
import dev.orograph.model.forward.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether WordNet's geometry, put into the stream of an encoder, helps it. */
public final class Modulate implements Instrument<ModulateSettings, Piece, ModulateFigures> {
  private static final long BESIDE = 320L << 20;
  private static final double GLOSSES = 4000;

  private static final Card CARD =
      new Card(
          "modulate",
          "Geometric modulators",
          "modulator",
          1,
          "what a geometry of WordNet, put into the stream before each block of an encoder, does",
          "h <- (1 - a) h + a P g[token] before each block, a = sigmoid(alpha) of the layer; g from"
              + " Wu-Palmer similarities of 3,000 words, P by Procrustes towards the encoder's"
              + " states of their glosses. Trained beside the frozen model on glosses and their"
              + " words (AdamW, cosine over ten epochs), judged on words held out, and set beside"
              + " random and shuffled geometry, alphas alone, a low-rank adapter of as many numbers"
              + " and a field of simplices, several seeds each.",
          "seed 003 sections 7 to 12; Wu & Palmer 1994; Hu et al. 2022",
          "Held-out words are not used in training, but their glosses share tokens with those that"
              + " are. Correlations with WordNet rise by what is put in from WordNet. Seeds vary"
              + " split, order and drawn numbers, not the model. The low-rank adapter's alphas have"
              + " no bound.",
          List.of(
              "Wu, Z. & Palmer, M. (1994). Verb semantics and lexical selection. ACL.",
              "Loshchilov, I. & Hutter, F. (2019). Decoupled weight decay regularization. ICLR.",
              "Hu, E. J. et al. (2022). LoRA: low-rank adaptation of large language models. ICLR.",
              "Schonemann, P. H. (1966). A generalized solution of the orthogonal Procrustes"
                  + " problem. Psychometrika 31."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX, Need.TEXT_PASS, Need.TOKENIZER);
  }

  @Override
  public Choices<ModulateSettings> choices() {
    return ModulateSettings.CHOICES;
  }

  @Override
  public Class<ModulateFigures> resultType() {
    return ModulateFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, ModulateSettings settings) {
    Design design = work.model().design().orElseThrow();
    if (!design.encoderDecoder() || design.head().isEmpty()) {
      return Optional.of("it has no encoder before a decoder that scores tokens, as T5 has");
    }
    if (settings.what().isEmpty()) {
      return Optional.of("it is asked for by itself: orograph modulate train MODEL");
    }
    return work.noRoom("a training needs", bytes(work.model()));
  }

  /** Weights, a modulator with gradient and moments, and what a slice holds for its way back. */
  private static long bytes(Model model) {
    long rows = model.tokenMatrices().get(0).tensor().rows();
    long numbers = rows * Geometry.WIDTH;
    long width = model.spec().stacks().stream().mapToLong(s -> s.dFf()).max().orElse(0);
    long layers = model.spec().stacks().stream().mapToLong(s -> s.layers()).sum();
    return 4 * model.count() + 40 * numbers + 4 * 2048 * (8 * width * layers + rows) + BESIDE;
  }

  @Override
  public List<Task<Piece>> tasks(Work work, ModulateSettings s) {
    List<Piece> pieces = new ArrayList<>();
    String main = Variant.main(s);
    switch (s.what()) {
      case "train" -> trainings(pieces, s, main);
      default -> pieces.add(new Piece(s.what(), main, s.seed(), s.start()));
    }
    if (s.controls() && List.of("train", "sweep").contains(s.what())) {
      for (String variant : List.of(main, Variant.RANDOM, Variant.SHUFFLED)) {
        Piece sweep = new Piece("sweep", variant, s.seed(), s.start());
        if (!pieces.contains(sweep) && !variant.equals(Variant.FIELD)) {
          pieces.add(sweep);
        }
      }
    }
    double pass = GLOSSES * 60 * (1.0 + work.model().count());
    return pieces.stream()
        .map(
            p ->
                Task.of(
                    p.label(),
                    Place.MODEL,
                    pass * (p.what().equals("train") ? s.epochs() : 1),
                    bytes(work.model()),
                    p))
        .toList();
  }

  private static void trainings(List<Piece> pieces, ModulateSettings s, String main) {
    for (long seed = s.seed(); seed < s.seed() + s.seeds(); seed++) {
      pieces.add(new Piece("train", main, seed, s.start()));
    }
    if (!s.controls()) {
      return;
    }
    for (long seed = s.seed(); seed < s.seed() + s.seeds(); seed++) {
      for (String variant :
          List.of(
              Variant.RANDOM,
              Variant.SHUFFLED,
              Variant.ALPHA_ONLY,
              Variant.LOW_RANK,
              Variant.FIELD,
              Variant.WORDNET)) {
        Piece control = new Piece("train", variant, seed, s.start());
        if (!pieces.contains(control)) {
          pieces.add(control);
        }
      }
    }
    for (double start : List.of(ModulateSettings.CONSTANT, 0.5)) {
      if (start != s.start()) {
        pieces.add(new Piece("train", main, s.seed(), start));
      }
    }
  }

  @Override
  public ModulateFigures measure(Work work, ModulateSettings settings, Task<Piece> task) {
    Piece piece = task.detail();
    int words = Bench.Lexicon.of(work, settings).words().size();
    if (words < Bench.FEWEST) {
      return ModulateFigures.fault(
          piece,
          words
              + " words of WordNet are single tokens of its vocabulary, and fewer than "
              + Bench.FEWEST
              + " make no geometry");
    }
    try (Bench bench = new Bench(work, settings)) {
      Variant variant = new Variant(work, bench, settings);
      return piece.what().equals("train")
          ? train(work, bench, variant, settings, piece)
          : used(work, bench, variant, settings, piece);
    }
  }

  private static ModulateFigures train(
      Work work, Bench bench, Variant variant, ModulateSettings settings, Piece piece) {
    Variant.Made[] made = new Variant.Made[1];
    try (Course course =
        new Course(
            work,
            bench,
            settings,
            piece,
            () -> {
              made[0] = variant.make(piece);
              return made[0].modulator();
            })) {
      Built built = variant.built(made[0]);
      Trained trained = course.run();
      Modulator m = course.modulator();
      boolean main =
          piece.variant().equals(Variant.main(settings))
              && piece.seed() == settings.seed()
              && piece.start() == settings.start();
      List<Said> said = List.of();
      if (main) {
        said = bench.talk(m, settings.prompts(), settings.tokens());
        save(work, settings, m);
      }
      return new ModulateFigures(
          null,
          piece,
          built,
          bench.measure(null, trained.frozen()),
          bench.measure(m, trained.loss()),
          trained,
          List.of(),
          said);
    }
  }

  private static void save(Work work, ModulateSettings settings, Modulator m) {
    if (!settings.save().isEmpty()) {
      ModulatorFolder.write(m, Path.of(settings.save()), work.fingerprint(0), work.model().name());
    }
  }

  private static ModulateFigures used(
      Work work, Bench bench, Variant variant, ModulateSettings settings, Piece piece) {
    Variant.Made made =
        settings.modulator().given() && piece.variant().equals(Variant.main(settings))
            ? saved(work, settings)
            : variant.make(piece);
    try (Modulator m = made.modulator()) {
      Built built = variant.built(made);
      Measured before = null;
      Measured after = null;
      List<Point> sweep = new ArrayList<>();
      List<Said> said = List.of();
      switch (piece.what()) {
        case "sweep" -> {
          before = bench.measure(null, null);
          for (double alpha : settings.alphas()) {
            m.alpha(alpha);
            sweep.add(new Point(alpha, bench.measure(m, null)));
          }
        }
        case "talk" -> {
          if (!settings.alphas().isEmpty()) {
            m.alpha(settings.alphas().get(0));
          }
          said = bench.talk(m, settings.prompts(), settings.tokens());
        }
        default -> {
          before = bench.measure(null, null);
          after = bench.measure(m, null);
          save(work, settings, m);
        }
      }
      return new ModulateFigures(null, piece, built, before, after, null, sweep, said);
    }
  }

  private static Variant.Made saved(Work work, ModulateSettings settings) {
    Path config = settings.modulator().unchanged();
    if (!String.valueOf(config.getFileName()).equals(ModulatorFolder.CONFIG)) {
      throw InputException.at(config)
          .expected("should be the " + ModulatorFolder.CONFIG + " of a modulator")
          .found("it is called otherwise")
          .remedy("name that file in the folder that --save wrote")
          .build();
    }
    return new Variant.Made(
        ModulatorFolder.read(config.getParent(), work.fingerprint(0), Precision.FLOAT32), null);
  }

  @Override
  public Section conclude(ModulateSettings settings, List<ModulateFigures> results) {
    return new ModulateSection(CARD, settings, results).section();
  }
}
