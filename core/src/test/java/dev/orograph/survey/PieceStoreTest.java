package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Instruments;
import dev.orograph.instrument.Made;
import dev.orograph.instrument.OneModel;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Piece;
import dev.orograph.model.RandomCheckpoint;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of every instrument come back from disk as they were, and only to whom they belong. */
class PieceStoreTest {
  /** Instruments that one of the models here lacks something for. */
  private static final Set<String> NOT_ALL = Set.of("unembedding", "words", "gain", "states");

  @TempDir Path folder;

  static Stream<Instrument<?, ?, ?>> instruments() {
    return Instruments.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void resultsOfAnOddModelComeBack(Instrument<?, ?, ?> instrument) throws IOException {
    comeBack(instrument, Made.oddT5(Files.createDirectories(folder.resolve("model"))));
  }

  /** Those that need no known family. */
  @ParameterizedTest
  @ValueSource(strings = {"spectra", "sparsity"})
  void resultsOfAModelOfNoFamilyComeBack(String id) throws IOException {
    comeBack(
        Instruments.find(id).orElseThrow(),
        Made.awkward(Files.createDirectories(folder.resolve("model"))));
  }

  @ParameterizedTest
  @MethodSource("instruments")
  void resultsOfAUsualModelComeBack(Instrument<?, ?, ?> instrument) throws IOException {
    RandomCheckpoint.write(RandomCheckpoint.Shape.T5_TINY, 1, folder.resolve("model"));
    comeBack(instrument, folder.resolve("model"));
  }

  private <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void comeBack(Instrument<S, U, R> i, Path checkpoint) throws IOException {
    Path stored = Files.createDirectories(folder.resolve("stored"));
    Path arrays = Files.createDirectories(folder.resolve("arrays"));
    try (OneModel c =
        new OneModel(checkpoint, i.card().id(), folder.resolve("out"), OneModel.AMPLE)) {
      S settings = i.settings(new Options(1, Options.Figures.ALL));
      if (!i.applies(c, c.subjects(), settings).yes()) {
        assertThat(i.card().id()).isIn(NOT_ALL);
        return;
      }
      List<U> pieces = i.plan(c, c.subjects(), settings, List.of());
      PieceStore store = new PieceStore(stored, arrays, "key");
      for (int k = 0; k < pieces.size(); k++) {
        U piece = pieces.get(k);
        assertThat(store.read(0, k, piece, i.resultType())).isEmpty();
        R result = i.measure(c, c.subjects(), settings, piece);
        store.write(0, k, piece, result);
        assertThat(store.read(0, k, piece, i.resultType())).as(piece.label()).contains(result);
      }
      U first = pieces.get(0);
      assertThat(store.read(1, 0, first, i.resultType())).as("another stage").isEmpty();
      for (U other : pieces.subList(1, pieces.size())) {
        assertThat(store.read(0, 0, other, i.resultType())).as("another piece").isEmpty();
      }
      assertThat(new PieceStore(stored, arrays, "other").read(0, 0, first, i.resultType()))
          .as("another run")
          .isEmpty();
      try (Stream<Path> files = Files.list(stored)) {
        assertThat(files).hasSize(pieces.size());
      }
      damaged(stored, store, i, first);
      Path array = store.arrays(0, 0).resolve("a.safetensors");
      Files.writeString(array, "one");
      assertThat(store.read(0, 0, first, i.resultType())).as("an array too many").isEmpty();
      store.write(0, 0, first, i.measure(c, c.subjects(), settings, first));
      assertThat(store.read(0, 0, first, i.resultType())).isPresent();
      Files.writeString(array, "two");
      assertThat(store.read(0, 0, first, i.resultType())).as("another array").isEmpty();
      Files.delete(array);
      assertThat(store.read(0, 0, first, i.resultType())).as("an array too few").isEmpty();
      store.discard(0, 0);
      assertThat(stored.resolve("0-000000.json")).doesNotExist();
      assertThat(arrays.resolve("0-000000")).doesNotExist();
    }
  }

  /** A file with any one byte changed, or cut anywhere, is as good as none. */
  private <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      void damaged(Path stored, PieceStore store, Instrument<S, U, R> i, U piece)
          throws IOException {
    Path file = stored.resolve("0-000000.json");
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at += 1 + whole.length / 40) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 1;
      Files.write(file, bytes);
      assertThat(store.read(0, 0, piece, i.resultType())).as("byte %d changed", at).isEmpty();
      Files.write(file, java.util.Arrays.copyOf(whole, at));
      assertThat(store.read(0, 0, piece, i.resultType())).as("cut at %d", at).isEmpty();
    }
    Files.write(file, whole);
    assertThat(store.read(0, 0, piece, i.resultType())).isPresent();
  }
}
