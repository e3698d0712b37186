package dev.orograph.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.checkpoint.Checkpoint;
import dev.orograph.checkpoint.TensorData;
import dev.orograph.checkpoint.TensorInfo;
import dev.orograph.finding.Results;
import dev.orograph.instrument.corpus.Texts;
import dev.orograph.lexicon.Taxonomy;
import dev.orograph.lexicon.WordNet;
import dev.orograph.model.Model;
import dev.orograph.model.Parameter;
import dev.orograph.model.forward.Modulator;
import dev.orograph.model.forward.ModulatorFolder;
import dev.orograph.model.forward.Precision;
import dev.orograph.report.CsvTables;
import dev.orograph.report.HtmlReport;
import dev.orograph.report.Outputs;
import dev.orograph.survey.ReferenceFile;
import dev.orograph.survey.RunFolder;
import dev.orograph.tokenizer.Encoding;
import dev.orograph.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Reads what lies in a folder as the program would, whatever it is: a model is opened, recognised,
 * fingerprinted, and elements of every tensor and every part are read; a tokenizer is tried on
 * texts; results become tables and a report; WordNet becomes a taxonomy.
 */
final class Readings {
  /** Of which model a modulator says that it is. */
  static final String FINGERPRINT = "this-model";

  static final String REFERENCE = "reference.json";
  static final String TEXT = "text.txt";
  static final String NOUNS = "data.noun";

  private static final int TENSORS = 48;
  private static final int ELEMENTS = 300;

  /** One report of so many is drawn: the program and the charts that it brings along are large. */
  private static final int DRAWN = 16;

  private Readings() {}

  /** Texts that a tokenizer is tried on, with what it may trip over. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "ab A  cafe\u0301 12|x.\n\n",
          "<x> a<x><own></s>b <unk>[CLS]",
          "\u2581\u2581a\u00e9 \ud83d\ude00\u0301\u4f60\u597d\u200b\u0000",
          "a".repeat(300) + " ".repeat(300) + "A\u0301".repeat(100) + "\ud83d");

  private static final Pattern TOKENIZERS =
      Pattern.compile(
          "(tokenizer|tekken)\\.json|vocab\\.(json|txt)|words\\.txt|.*\\.(model|tiktoken|vec)");

  /** What is read in earnest. */
  static void survey(Path path, Path folder, SplittableRandom random) {
    if (folder.resolve(RunFolder.RESULTS).toFile().exists()) {
      Results results = Outputs.read(folder);
      CsvTables.files(results);
      JsonNode run = RunFolder.run(folder);
      if (random.nextInt(DRAWN) == 0) {
        HtmlReport.render(results, run);
      }
      return;
    }
    List<String> names = List.of(folder.toFile().list());
    if (names.contains(NOUNS)) {
      wordNet(folder);
      return;
    }
    if (names.contains(ModulatorFolder.WEIGHTS)) {
      try (Modulator m = ModulatorFolder.read(folder, FINGERPRINT, Precision.FLOAT32)) {
        assertThat(m.alphas()).isNotEmpty();
      }
      return;
    }
    if (names.contains(REFERENCE)) {
      ReferenceFile.read(folder.resolve(REFERENCE));
      return;
    }
    if (names.contains(TEXT)) {
      try (Tokenizer tokenizer = Tokenizer.open(folder)) {
        assertThat(Texts.read(folder.resolve(TEXT), tokenizer)).isNotEmpty();
      }
      return;
    }
    if (names.stream().anyMatch(TOKENIZERS.asMatchPredicate())) {
      tokenize(path, random);
      return;
    }
    try (Model model = Model.open(path)) {
      Checkpoint checkpoint = model.checkpoint();
      checkpoint.fingerprint();
      model.spec().facts();
      model.packed();
      checkpoint.leftOut();
      checkpoint.passedOver();
      List<TensorInfo> tensors = new ArrayList<>(checkpoint.tensors());
      model.parameters().stream()
          .map(Parameter::tensor)
          .filter(TensorInfo::isPart)
          .forEach(tensors::add);
      for (TensorInfo t : tensors) {
        if (!t.file().startsWith(folder)) {
          throw new AssertionError(t.file() + " is read from outside of " + folder);
        }
      }
      int step = Math.max(1, tensors.size() / TENSORS);
      for (int i = random.nextInt(step); i < tensors.size(); i += step) {
        read(checkpoint, tensors.get(i), random);
      }
    }
  }

  private static void wordNet(Path folder) {
    WordNet words = WordNet.read(folder);
    Taxonomy taxonomy = new Taxonomy(words);
    for (int i = 0; i < words.size(); i++) {
      words.lemmas(i);
      words.definition(i);
      words.name(i);
      words.lexname(i);
      words.hypernyms(i);
      words.instanceHypernyms(i);
      taxonomy.wuPalmer(i, 0);
    }
  }

  private static void tokenize(Path path, SplittableRandom random) {
    try (Tokenizer tokenizer = Tokenizer.open(path)) {
      tokenizer.fingerprint();
      tokenizer.specials();
      for (String text : TEXTS) {
        Encoding encoding = tokenizer.encodeWithSpecials(text);
        for (int i = 0; i < encoding.ids().size(); i++) {
          Encoding.Span span = encoding.spans().get(i);
          if (tokenizer.token(encoding.ids().get(i)).isEmpty()
              || span.begin() > span.end()
              || span.end() > text.length()) {
            throw new AssertionError("token " + encoding.ids().get(i) + " at " + span);
          }
        }
        tokenizer.decode(encoding.ids(), random.nextBoolean());
      }
      for (int i = 0; i < TENSORS; i++) {
        assertThat(tokenizer.text(random.nextInt(-1, tokenizer.size() + 1))).isNotNull();
      }
    }
  }

  private static void read(Checkpoint checkpoint, TensorInfo t, SplittableRandom random) {
    try (TensorData data = checkpoint.map(t)) {
      long count = t.count();
      if (count == 0) {
        return;
      }
      double[] doubles = new double[ELEMENTS];
      float[] floats = new float[ELEMENTS];
      data.read(0, doubles, 0, 1);
      data.read(count - 1, floats, 0, 1);
      long from = random.nextLong(count);
      int n = (int) Math.min(ELEMENTS, count - from);
      data.read(from, doubles, 0, n);
      data.read(from, floats, 0, n);
      data.readRaw(t.byteLength() - 1, new byte[1], 0, 1);
    }
  }
}
