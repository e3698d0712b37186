package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import java.io.Serializable;
import java.util.List;

/**
 * What the words of a matrix show.
 *
 * @param task which matrix
 * @param broken rows left out
 * @param mean mean cosine of the seed's sample of pairs; null where there is none
 * @param seedDigits digits as the seed takes them: the first piece of each; null where a digit has
 *     no whole row
 * @param digits digits by the piece that stands for the digit; null where one has none
 * @param categories the categories, those with too few words too
 * @param centroids cosines between the centroids of the categories with words, row by row
 * @param specials special tokens with their norms
 * @param specialCosines cosines between them, row by row
 */
public record WordFigures(
    Task<TokenMatrix> task,
    int broken,
    Double mean,
    Digits seedDigits,
    Digits digits,
    List<Category> categories,
    List<List<Double>> centroids,
    List<Token> specials,
    List<List<Double>> specialCosines)
    implements Serializable {

  /**
   * The digits 0 to 9.
   *
   * @param tokens their tokens
   * @param cosines row by row
   * @param correlation Pearson correlation of |i - j| with the cosine; null where cosines are equal
   * @param adjacent mean cosine of neighbours
   * @param apart mean cosine of the others
   * @param permuted correlations of permuted digits
   */
  public record Digits(
      List<Token> tokens,
      List<List<Double>> cosines,
      Double correlation,
      double adjacent,
      double apart,
      List<Double> permuted)
      implements Serializable {}

  /**
   * A list of words.
   *
   * @param name its name
   * @param asked how many words it has
   * @param seedWords those that are single tokens by themselves, as the seed takes them
   * @param seedCosine mean cosine within them; null for fewer than three
   * @param words single tokens as they stand in a sentence, each once
   * @param cosine mean cosine within them; null for fewer than three
   * @param chance the same of other words of like norm
   */
  public record Category(
      String name,
      int asked,
      List<Token> seedWords,
      Double seedCosine,
      List<Token> words,
      Double cosine,
      List<Double> chance)
      implements Serializable {}
}
