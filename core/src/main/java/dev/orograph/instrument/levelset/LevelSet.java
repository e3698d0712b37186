package dev.orograph.instrument.levelset;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Needs.Need;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import dev.orograph.model.forward.Precision;
import java.util.List;
import java.util.Optional;

/** Points where a model's answer has a given divergence from a target. */
public final class LevelSet implements Instrument<LevelSetSettings, Nothing, LevelSetFigures> {
  private static final Card CARD =
      new Card(
          "levelset",
          "KL level-set",
          "level-set",
          2,
          "embeddings at which a model's next-token distribution has a given divergence from a"
              + " target",
          "f(x) = KL(target||model) in nats, where x stands in place of a token's vector behind the"
              + " tokenizer's own special tokens; the logarithm of the softmax is taken in float64."
              + " From points drawn uniformly in the 99 % ellipsoid of the token vectors the set"
              + " {f = epsilon} is reached by Newton's step along the gradient with a line search,"
              + " and by Adam on the sum of (f - epsilon)^2; a point that has arrived stays.",
          "seed 001; Polyak 1969; Kingma & Ba 2015",
          "The reference notebook's prose has KL(model||target), its program what is computed here. Points are"
              + " where the searches end, no uniform sample of the set; a point that does not"
              + " arrive does not prove that the set is out of reach.",
          List.of(
              "Polyak, B. T. (1969). Minimization of unsmooth functionals. USSR Computational"
                  + " Mathematics and Mathematical Physics 9.",
              "Kingma, D. P. & Ba, J. (2015). Adam: a method for stochastic optimization. ICLR.",
              "Osher, S. & Fedkiw, R. (2003). Level set methods and dynamic implicit surfaces."
                  + " Springer."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Needs needs() {
    return Needs.oneModel(Need.PLAIN_WEIGHTS, Need.TOKEN_MATRIX, Need.TEXT_PASS);
  }

  @Override
  public Choices<LevelSetSettings> choices() {
    return LevelSetSettings.CHOICES;
  }

  @Override
  public Class<LevelSetFigures> resultType() {
    return LevelSetFigures.class;
  }

  @Override
  public Optional<String> obstacle(Work work, LevelSetSettings settings) {
    if (!settings.given()) {
      return Optional.of("no target is given: orograph levelset MODEL --target WORD");
    }
    return Scene.obstacle(work, settings.precision(work.model().count()));
  }

  @Override
  public List<Task<Nothing>> tasks(Work work, LevelSetSettings settings) {
    Model model = work.model();
    Precision precision = settings.precision(model.count());
    return List.of(
        new Task<>(
            "points",
            Place.MODEL,
            100.0 * settings.points() * (1.0 + model.count()),
            Scene.bytes(work, precision, false),
            Scene.threads(model),
            new Nothing()));
  }

  @Override
  public LevelSetFigures measure(Work work, LevelSetSettings settings, Task<Nothing> task) {
    Precision precision = settings.precision(work.model().count());
    try (Scene scene = Scene.open(work, precision, task.sideBySide(), false)) {
      return new LevelSetMeasurement(work, settings, scene, task).figures();
    }
  }

  @Override
  public Section conclude(LevelSetSettings settings, List<LevelSetFigures> results) {
    return new LevelSetSection(CARD, settings, results.get(0)).section();
  }
}
