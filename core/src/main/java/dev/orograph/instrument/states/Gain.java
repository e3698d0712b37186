package dev.orograph.instrument.states;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Work;
import dev.orograph.model.Model;
import java.util.List;

/** By how much each block, and the last one above all, lengthens the residual stream. */
public final class Gain implements ForwardInstrument<GainFigures> {
  private static final List<String> PROMPTS =
      List.of("The capital of France is", "Water freezes at", "The quick brown fox");

  private static final Card CARD =
      new Card(
          "gain",
          "Residual gain",
          "model",
          2,
          "ratio of the residual stream's norm behind a block to that before it, at the last token",
          "Mean over prompts of |h_after| / (|h_before| + 1e-10) at the last token, three ways:"
              + " with_final_norm is h[-1] / h[-2] of the transformers library's hidden_states,"
              + " seed_004 is h[-2] / h[-3], last_block is the last block's own output over its"
              + " input. DAMPEN below 1, EXPAND from 1 on. H25 predicts damping where rho = heads /"
              + " (width / heads) is at least 0.2. The interval is Student's t over the prompts.",
          "seed 004; Sun et al. 2024 for position 0",
          "There is no null for a single model: the prompts' spread is the interval, and it says"
              + " nothing of other texts. Three prompts are few. rho goes with family and depth, so"
              + " that even several models that agree with H25 do not show that rho is the cause.",
          List.of(
              "Sun, M., Chen, X., Kolter, J. Z. & Liu, Z. (2024). Massive activations in large"
                  + " language models. COLM."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public Choices<ReadingSettings> choices() {
    return ReadingSettings.choices(PROMPTS);
  }

  @Override
  public Class<GainFigures> resultType() {
    return GainFigures.class;
  }

  @Override
  public GainFigures measure(
      Work work, ReadingSettings settings, Task<Nothing> task, Model model, boolean drawn) {
    List<ResidualStream> streams = ResidualStream.of(model.design().orElseThrow());
    List<GainFigures.Stream> found = streams.stream().map(GainFigures.Stream::of).toList();
    List<String> leftOut =
        read(
            work,
            settings,
            task,
            model,
            Reading.all(work, settings, task, model, drawn),
            (reading, states) -> {
              for (int i = 0; i < streams.size(); i++) {
                found.get(i).prompts().add(GainFigures.Norms.of(reading, streams.get(i), states));
              }
            });
    return new GainFigures(found, drawn, leftOut, null);
  }

  @Override
  public GainFigures fault(boolean drawn, String message) {
    return new GainFigures(List.of(), drawn, List.of(), message);
  }

  @Override
  public Section conclude(ReadingSettings settings, List<GainFigures> results) {
    return new GainSection(CARD, settings, results.get(0)).section();
  }
}
