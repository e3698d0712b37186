package dev.orograph.instrument.embedding;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.ModelSubject;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Subject;
import dev.orograph.instrument.rows.TokenMatrices;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import java.util.List;
import java.util.Optional;

/** Whether digits stand in their order, and words of a kind together. */
public final class WordGeometry implements MatrixInstrument<WordFigures> {
  private static final Card CARD =
      new Card(
          "words",
          "Digits, categories and special tokens",
          "matrix with a row per token",
          Card.Arity.ONE,
          "an embedding or a head with a row per token, stored plainly, and its tokenizer",
          "cosines of the digits against their distance, of words of a category against like tokens,"
              + " and of special tokens",
          "Digits: correlation of |i - j| with the cosine over the 45 pairs; p from 9,999 permutations"
              + " of the digits. Categories: mean cosine within a list of words that are single"
              + " tokens (three at least) and its lift over the mean of the seed's sample of pairs;"
              + " the null draws other whole words, each of like norm (nearest 100 in rank) to one"
              + " of the list's, 999 times. Centroids are compared by cosine.",
          "seed 003 section 1; Caliskan, Bryson & Narayanan 2017",
          "Ten digits and eight lists of common words are few. Frequent words share a region of the"
              + " space whatever they mean, which matching on norm removes only in part."
              + " Words of several tokens are left out, so that lists differ from model to model.",
          List.of(
              "Caliskan, A., Bryson, J. J. & Narayanan, A. (2017). Semantics derived automatically"
                  + " from language corpora contain human-like biases. Science 356."));

  @Override
  public Card card() {
    return CARD;
  }

  @Override
  public TerrainSettings settings(Options options) {
    TerrainSettings s = TerrainSettings.of(options);
    return options.words().isEmpty() ? s : s.with(options.words());
  }

  @Override
  public Class<WordFigures> resultType() {
    return WordFigures.class;
  }

  @Override
  public Applicability applies(Context c, List<Subject> subjects, TerrainSettings settings) {
    Model model = c.model((ModelSubject) subjects.get(0));
    Applicability any = TokenMatrices.applies(model);
    Optional<String> without = model.whyNoTokenizer();
    return any.yes() && without.isPresent() ? Applicability.not(without.get()) : any;
  }

  @Override
  public List<MatrixPiece> pieces(
      Context c, TerrainSettings settings, Parameter matrix, String id) {
    long rows = matrix.tensor().rows();
    long d = matrix.tensor().columns();
    return List.of(MatrixPiece.of(matrix, id, "", 40, Cosines.sampleBytes(settings, rows, d)));
  }

  @Override
  public WordFigures measure(
      Context c, TerrainSettings settings, MatrixPiece piece, TokenRows rows) {
    return new WordMeasurement(c, settings, piece, rows).figures();
  }

  @Override
  public Section conclude(
      List<Subject> subjects, TerrainSettings settings, List<WordFigures> results) {
    return new WordSection(CARD, settings, results).section();
  }
}
