package dev.orograph.instrument.embedding;

import dev.orograph.instrument.Task;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.embedding.WordFigures.Category;
import dev.orograph.instrument.embedding.WordFigures.Digits;
import dev.orograph.instrument.rows.Token;
import dev.orograph.instrument.rows.TokenMatrix;
import dev.orograph.instrument.rows.TokenRows;
import dev.orograph.linalg.InnerProduct;
import dev.orograph.random.Generator;
import dev.orograph.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** Measures {@link WordGeometry} on one matrix. */
final class WordMeasurement {
  private static final int FEWEST = 3;
  private static final int DIGITS = 10;
  private static final int PERMUTATIONS = 9_999;
  private static final int DRAWS = 999;

  /** How many neighbours in rank of norm may stand for a word. */
  private static final int ALIKE = 100;

  private static final int MOST_SPECIALS = 24;
  private static final double FLOOR = 1e-8;

  private final Work work;
  private final TerrainSettings settings;
  private final Task<TokenMatrix> task;
  private final TokenRows rows;
  private final Tokenizer tokenizer;
  private final boolean spaced;

  WordMeasurement(Work work, TerrainSettings settings, Task<TokenMatrix> task, TokenRows rows) {
    this.work = work;
    this.settings = settings;
    this.task = task;
    this.rows = rows;
    this.tokenizer = rows.tokenizer().orElseThrow();
    this.spaced = settings.sound() && spaced();
  }

  WordFigures figures() {
    Generator draws = work.generator(task);
    PairFigures.Sampled sampled = Cosines.sample(work, settings, task, rows);
    List<Category> categories = new ArrayList<>();
    int[] words = settings.sound() ? wholeWords() : new int[0];
    List<double[]> centroids = new ArrayList<>();
    settings
        .words()
        .forEach(
            (name, list) -> {
              work.checkCancelled();
              Category category = category(name, list, words, draws);
              categories.add(category);
              if (category.seedCosine() != null) {
                centroids.add(centroid(category.seedWords()));
              }
            });
    List<Token> specials = specials();
    return new WordFigures(
        task,
        rows.broken(),
        sampled.spread() == null ? null : sampled.spread().mean(),
        digits(this::firstPiece, draws),
        settings.sound() ? digits(this::digitPiece, draws) : null,
        categories,
        cosines(centroids),
        specials,
        cosines(specials.stream().map(t -> row(t.id())).toList()));
  }

  private boolean there(int id) {
    return id >= 0 && id < rows.count() && !Double.isNaN(rows.norm(id));
  }

  private Token token(int id) {
    return Token.of(rows, id, rows.norm(id));
  }

  private double[] row(int id) {
    double[] row = new double[rows.width()];
    rows.read(id, row, 0);
    return row;
  }

  private static List<List<Double>> cosines(List<double[]> of) {
    List<List<Double>> all = new ArrayList<>();
    for (double[] a : of) {
      all.add(of.stream().map(b -> InnerProduct.of(a, b) / (length(a) * length(b))).toList());
    }
    return all;
  }

  /** The norm as the seed takes it. */
  private static double length(double[] a) {
    return Math.sqrt(InnerProduct.of(a, a)) + FLOOR;
  }

  /** Which token stands for a digit. */
  private interface Choice {
    OptionalInt of(String digit);
  }

  private OptionalInt firstPiece(String digit) {
    List<Integer> ids = tokenizer.encode(digit).ids();
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
  }

  private OptionalInt digitPiece(String digit) {
    return tokenizer.encode(digit).ids().stream()
        .mapToInt(i -> i)
        .filter(i -> tokenizer.text(i).strip().equals(digit))
        .findFirst();
  }

  private Digits digits(Choice choice, Generator draws) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < DIGITS; i++) {
      OptionalInt id = choice.of(Integer.toString(i));
      if (id.isEmpty() || !there(id.getAsInt())) {
        return null;
      }
      tokens.add(token(id.getAsInt()));
    }
    List<List<Double>> cosines = cosines(tokens.stream().map(t -> row(t.id())).toList());
    int[] order = IntStream.range(0, DIGITS).toArray();
    Double correlation = correlation(cosines, order);
    double adjacent = 0;
    double apart = 0;
    for (int i = 0; i < DIGITS; i++) {
      for (int j = i + 1; j < DIGITS; j++) {
        if (j == i + 1) {
          adjacent += cosines.get(i).get(j) / (DIGITS - 1);
        } else {
          apart += cosines.get(i).get(j) / (DIGITS * (DIGITS - 1) / 2 - (DIGITS - 1));
        }
      }
    }
    List<Double> permuted = new ArrayList<>();
    for (int t = 0; settings.sound() && correlation != null && t < PERMUTATIONS; t++) {
      permuted.add(correlation(cosines, draws.permutation(DIGITS)));
    }
    return new Digits(tokens, cosines, correlation, adjacent, apart, permuted);
  }

  /** Pearson correlation of |i - j| with the cosine of the digits at these places. */
  private static Double correlation(List<List<Double>> cosines, int[] order) {
    double n = DIGITS * (DIGITS - 1) / 2.0;
    double x = 0;
    double y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < DIGITS; i++) {
      for (int j = i + 1; j < DIGITS; j++) {
        double v = cosines.get(order[i]).get(order[j]);
        x += j - i;
        y += v;
        xx += (j - i) * (j - i);
        yy += v * v;
        xy += (j - i) * v;
      }
    }
    double spread = (xx - x * x / n) * (yy - y * y / n);
    // The seed would print NaN where all cosines are the same.
    return spread > 1e-24 ? (xy - x * y / n) / Math.sqrt(spread) : null;
  }

  private Category category(String name, List<String> list, int[] words, Generator draws) {
    List<Token> seed = new ArrayList<>();
    Set<Integer> whole = new LinkedHashSet<>();
    for (String word : list) {
      OptionalInt own = tokenizer.single(word);
      if (own.isPresent() && there(own.getAsInt())) {
        seed.add(token(own.getAsInt()));
      }
      // As it stands in a sentence: with the space before it, where the tokenizer keeps that.
      OptionalInt spaced = tokenizer.single(" " + word);
      OptionalInt id = spaced.isPresent() ? spaced : written(word);
      if (id.isPresent() && there(id.getAsInt())) {
        whole.add(id.getAsInt());
      }
    }
    List<Token> tokens = whole.stream().map(this::token).toList();
    Double cosine = within(tokens.stream().map(Token::id).toList());
    List<Double> chance = new ArrayList<>();
    if (settings.sound() && cosine != null && words.length >= 2 * ALIKE) {
      for (int t = 0; t < DRAWS; t++) {
        chance.add(within(alike(tokens, words, draws)));
      }
    }
    return new Category(
        name,
        list.size(),
        seed,
        within(seed.stream().map(Token::id).toList()),
        settings.sound() ? tokens : List.of(),
        settings.sound() ? cosine : null,
        chance);
  }

  /** The one token of a word, a bare space mark in front of it left out. */
  private OptionalInt written(String word) {
    List<Integer> ids =
        tokenizer.encode(word).ids().stream().filter(i -> !tokenizer.text(i).isBlank()).toList();
    return ids.size() == 1 ? OptionalInt.of(ids.get(0)) : OptionalInt.empty();
  }

  /** Mean cosine over the pairs; null for fewer than three. */
  private Double within(List<Integer> ids) {
    int n = ids.size();
    if (n < FEWEST) {
      return null;
    }
    // Over pairs: (|sum u|^2 - sum |u|^2) / (n (n - 1)).
    double[] sum = new double[rows.width()];
    double own = 0;
    for (int id : ids) {
      double[] row = row(id);
      double scale = 1 / (rows.norm(id) + FLOOR);
      own += InnerProduct.of(row, row) * scale * scale;
      for (int j = 0; j < sum.length; j++) {
        sum[j] += row[j] * scale;
      }
    }
    return (InnerProduct.of(sum, sum) - own) / ((double) n * (n - 1));
  }

  /** A different word of like norm for each of these. */
  private List<Integer> alike(List<Token> tokens, int[] words, Generator draws) {
    Set<Integer> drawn = new LinkedHashSet<>();
    for (Token t : tokens) {
      int at = rank(words, t.value());
      int first = Math.max(0, Math.min(words.length - ALIKE, at - ALIKE / 2));
      int id;
      do {
        id = words[first + (int) draws.integers(0, ALIKE)];
      } while (drawn.contains(id));
      drawn.add(id);
    }
    return List.copyOf(drawn);
  }

  /** The place of a norm among words in order of norm. */
  private int rank(int[] words, double norm) {
    int low = 0;
    int high = words.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (rows.norm(words[middle]) < norm) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Tokens that are a word of letters as they stand in a sentence, by norm. */
  private int[] wholeWords() {
    int most = Math.min(rows.count(), tokenizer.size());
    Integer[] ids =
        IntStream.range(0, most)
            .filter(this::there)
            .filter(i -> !tokenizer.special(i) && word(tokenizer.text(i)))
            .boxed()
            .toArray(Integer[]::new);
    Arrays.sort(ids, Comparator.comparingDouble(rows::norm));
    return Arrays.stream(ids).mapToInt(i -> i).toArray();
  }

  /**
   * Whether that is a word: letters only, three at least, and a space before it where one can be.
   */
  private boolean word(String text) {
    String bare = text.strip();
    boolean letters = bare.length() >= FEWEST && bare.chars().allMatch(Character::isLetter);
    return letters && (text.startsWith(" ") || !spaced);
  }

  /** Whether tokens of this vocabulary carry the space before a word: a quarter of the words do. */
  private boolean spaced() {
    int words = 0;
    int spaces = 0;
    for (int i = 0; i < Math.min(rows.count(), tokenizer.size()); i++) {
      String text = tokenizer.text(i);
      if (text.strip().length() >= FEWEST && text.strip().chars().allMatch(Character::isLetter)) {
        words++;
        spaces += text.startsWith(" ") ? 1 : 0;
      }
    }
    return 4 * spaces >= words;
  }

  private List<Token> specials() {
    return tokenizer.specials().values().stream()
        .distinct()
        .filter(this::there)
        .limit(MOST_SPECIALS)
        .map(this::token)
        .toList();
  }

  private double[] centroid(List<Token> tokens) {
    double[] centre = new double[rows.width()];
    for (Token t : tokens) {
      double[] row = row(t.id());
      for (int j = 0; j < centre.length; j++) {
        centre[j] += row[j] / tokens.size();
      }
    }
    return centre;
  }
}
