package dev.orograph.instrument.states;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import java.util.ArrayList;
import java.util.List;

/** How long the states of each layer are, how alike positions, and how alike layers. */
public final class HiddenStates implements ForwardInstrument<StateFigures> {
  private static final List<String> SENTENCES =
      List.of(
          "The cat sat on the mat.",
          "Quantum mechanics describes the behavior of particles at the atomic scale.",
          "She quickly ran to the store before it closed.",
          "The derivative of x squared is two x.",
          "Red and blue make purple when mixed together.",
          "The president signed the new trade agreement yesterday.",
          "Three plus four equals seven.",
          "Love is patient, love is kind.",
          "The function returns a sorted list of integers.",
          "Mount Everest is the tallest mountain in the world.");

  private static final String ENGLISH = "translate English to German: The house is big.";
  private static final String GERMAN = "Das Haus ist gro\u00df.";

  private static final Card CARD =
      new Card(
          "states",
          "Hidden states",
          "model",
          3,
          "norms and cosines of positions by layer, massive activations, neurons that never act,"
              + " alignment between layers",
          "Per state and sentence: mean and standard deviation of the L2 norms of its positions and"
              + " of the cosines between them, then the mean over sentences. Alignment between layers"
              + " is linear CKA over all positions of all sentences, at most 512, as it is and with"
              + " the unbiased estimator of HSIC, which is about 0 for unrelated data; the null"
              + " permutes the positions of one of the two. A neuron never acts where its activation,"
              + " times the gate if there is one, is 0 on all tokens (ReLU), or within 1 % of the"
              + " layer's root mean square (the others).",
          "seed 003 section 1; seed 000; Kornblith et al. 2019; Sun et al. 2024",
          "A few short sentences. Positions of one sentence are not independent, so that a"
              + " permutation makes the null too easy to beat. Linear CKA that is not debiased nears 1"
              + " for anything once there are fewer positions than dimensions. That a neuron never acts"
              + " on n tokens shows at best that it acts on less than 3/n of such tokens; there is no"
              + " null.",
          List.of(
              "Kornblith, S., Norouzi, M., Lee, H. & Hinton, G. (2019). Similarity of neural network"
                  + " representations revisited. ICML.",
              "Song, L., Smola, A., Gretton, A., Bedo, J. & Borgwardt, K. (2012). Feature selection"
                  + " via dependence maximization. JMLR 13.",
              "Sun, M., Chen, X., Kolter, J. Z. & Liu, Z. (2024). Massive activations in large"
                  + " language models. COLM."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Choices<ReadingSettings> choices() {
    return ReadingSettings.choices(SENTENCES);
  }

  @Override
  public boolean neurons(ReadingSettings settings) {
    return settings.sound();
  }

  @Override
  public Class<StateFigures> resultType() {
    return StateFigures.class;
  }

  @Override
  public StateFigures measure(
      Work work, ReadingSettings settings, Task<Nothing> task, Model model, boolean drawn) {
    List<ResidualStream> streams = ResidualStream.of(model.design().orElseThrow());
    StateMeasurement all = new StateMeasurement(work, settings, model);
    List<Reading> readings = new ArrayList<>(Reading.all(work, settings, task, model, drawn));
    Reading pair = null;
    if (streams.size() == 2) {
      pair = readings.get(0);
      if (!drawn && !settings.chosen()) {
        pair =
            new Reading(ENGLISH, Reading.of(model, ENGLISH).ids(), Reading.of(model, GERMAN).ids());
        readings.add(pair);
      }
    }
    boolean own = !readings.isEmpty() && !drawn && !settings.chosen();
    Reading compared = pair;
    List<String> leftOut =
        read(
            work,
            settings,
            task,
            model,
            readings,
            (reading, states) -> {
              if (reading.equals(compared)) {
                all.cross(states);
              }
              if (!own || !reading.equals(compared)) {
                all.add(reading, states);
              }
            });
    return all.figures(drawn, leftOut, work.generator(task));
  }

  @Override
  public StateFigures fault(boolean drawn, String message) {
    return new StateFigures(List.of(), List.of(), drawn, List.of(), message);
  }

  @Override
  public Section conclude(ReadingSettings settings, List<StateFigures> results) {
    return new StateSection(CARD, settings, results.get(0)).section();
  }
}
