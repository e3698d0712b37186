package dev.orograph.instrument.alignment.modulator;

import dev.orograph.finding.Section;
import dev.orograph.finding.Note;
import dev.orograph.instrument.Card;
import java.util.List;

/** What modulators did, in words and figures. */
final class ModulateSection {
  private final Card card;
  private final List<ModulateFigures> results;

  ModulateSection(Card card, ModulateSettings settings, List<ModulateFigures> results) {
    this.card = card;
    this.results = results;
  }

  Section section() {
    return card.section("x", List.of(new Note("modulate.x", "x", results.toString())));
  }
}
