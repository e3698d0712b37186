package dev.orograph.instrument.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.orograph.checkpoint.DType;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.rows.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnderTrainedTest {
  private static final int ROWS = 40;
  private static final int WIDTH = 8;
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir Path folder;

  /** Rows far out, but from {@code first} on close to one point. */
  private static double[] rows(int first) {
    Random random = new Random(5);
    double[] v = new double[ROWS * WIDTH];
    for (int i = 0; i < v.length; i++) {
      v[i] = i / WIDTH < first ? 3 * random.nextGaussian() : 0.5 + 0.01 * random.nextGaussian();
    }
    return v;
  }

  private UnderTrainedFigures measure(double[] rows) throws IOException {
    new Made().add(EMBEDDING, DType.F64, rows, ROWS, WIDTH).write(folder);
    Files.writeString(
        folder.resolve("config.json"), "{\"model_type\": \"llama\", \"vocab_size\": 40}");
    UnderTrained instrument = new UnderTrained();
    try (OneModel c = new OneModel(folder, "undertrained", folder.resolve("out"), OneModel.AMPLE)) {
      List<UnderTrainedFigures> all =
          c.measureAll(instrument, instrument.settings(new Options(1, Options.Figures.ALL)));
      assertThat(all).hasSize(1);
      return all.get(0);
    }
  }

  private void tokenizer(int size, String name, int at) throws IOException {
    StringBuilder vocabulary = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
    for (int i = 5; i < size; i++) {
      vocabulary.append(i == at ? name : "word" + i).append('\n');
    }
    Files.writeString(folder.resolve("vocab.txt"), vocabulary.toString());
  }

  @Test
  void rowsWithoutATokenAreTheMeasure() throws IOException {
    double[] rows = rows(30);
    System.arraycopy(rows, 31 * WIDTH, rows, 7 * WIDTH, WIDTH);
    rows[7 * WIDTH] += 1e-9;
    tokenizer(30, "", -1);
    UnderTrainedFigures f = measure(rows);
    assertThat(f.unused()).isEqualTo(10);
    assertThat(f.known()).isTrue();
    assertThat(f.suspects()).isEqualTo(1);
    assertThat(f.nearest().get(0).id()).isEqualTo(7);
    assertThat(f.nearest().get(0).text()).isEqualTo("word7");
    assertThat(f.reach()).isLessThan(0.1);
    assertThat(f.median()).isGreaterThan(3);
  }

  @Test
  void aTokenNamedUnusedIsOne() throws IOException {
    tokenizer(40, "[unused0]", 12);
    UnderTrainedFigures f = measure(rows(40));
    assertThat(f.unused()).isEqualTo(1);
    assertThat(f.reach()).isEqualTo(0, within(1e-12));
    assertThat(f.nearest()).noneMatch(t -> t.id() == 12);
  }

  @Test
  void withoutATokenizerCopiesAreTheMeasure() throws IOException {
    double[] rows = rows(40);
    for (int i = 20; i < 24; i++) {
      System.arraycopy(rows, 19 * WIDTH, rows, i * WIDTH, WIDTH);
    }
    System.arraycopy(rows, 2 * WIDTH, rows, 3 * WIDTH, WIDTH);
    UnderTrainedFigures f = measure(rows);
    assertThat(f.clusters()).isEqualTo(2);
    assertThat(f.copies()).isEqualTo(7);
    assertThat(f.largest()).extracting(Token::id).containsExactly(19, 20, 21, 22, 23);
    assertThat(f.known()).isFalse();
    assertThat(f.unused()).isEqualTo(5);
    assertThat(f.suspects()).isZero();
  }

  @Test
  void nothingKnownNothingClaimed() throws IOException {
    UnderTrainedFigures f = measure(rows(40));
    assertThat(f.reach()).isNull();
    assertThat(f.nearest()).isEmpty();
    assertThat(f.zeros()).isZero();
  }
}
