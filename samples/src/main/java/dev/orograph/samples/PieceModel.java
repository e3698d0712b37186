package dev.orograph.samples;

import dev.orograph.input.InputException;
import dev.orograph.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Trains the tokenizer that the samples share, with SentencePiece's own program.
 *
 * <p>Unigram, every character of the text covered, T5's special ids and {@code <s>} as the fourth.
 * One thread and no sampling of sentences, so that the same text gives the same pieces.
 */
final class PieceModel {
  /** How many pieces. */
  static final int SIZE = 6000;

  /** {@code <pad>}, {@code </s>}, {@code <unk>} and {@code <s>}. */
  static final int PAD = 0;

  static final int EOS = 1;
  static final int UNK = 2;
  static final int BOS = 3;

  /** Lines that repeat a word which must be one piece, so that no piece of it pays better. */
  private static final int REPEATS = 200;

  private static final String TEXT = "pieces.txt";
  private static final String PREFIX = "pieces-part";
  private static final String SAID = "pieces-part.log";

  /** How a process ends that was told to by the terminal (1, 2) or by kill (15). */
  private static final Set<Integer> SIGNALLED = Set.of(128 + 1, 128 + 2, 128 + 15);

  private static final long ASKED_EVERY = 100;

  private PieceModel() {}

  /**
   * Writes the model. Words that would come out in several pieces are added to the text as lines of
   * their own, and it is trained once more.
   *
   * @param lines what it learns from
   * @param single words that must be one piece each at the beginning of a word
   * @param file where the model goes
   * @param size how many pieces
   * @param stop asked while the program runs
   * @return the words that the text alone did not make single
   * @throws CancellationException where it was stopped; nothing is kept then
   */
  static List<String> train(
      List<String> lines, List<String> single, Path file, int size, BooleanSupplier stop) {
    write(lines, List.of(), file, size, stop);
    List<String> apart;
    try (Tokenizer t = Tokenizer.open(file)) {
      apart = single.stream().filter(w -> t.single(w).isEmpty()).toList();
    }
    if (!apart.isEmpty()) {
      write(lines, apart, file, size, stop);
    }
    return apart;
  }

  private static void write(
      List<String> lines, List<String> repeated, Path file, int size, BooleanSupplier stop) {
    Path folder = file.toAbsolutePath().getParent();
    Path text = folder.resolve(TEXT);
    try {
      Files.createDirectories(folder);
      Files.write(
          text,
          Stream.concat(
                  lines.stream(),
                  repeated.stream().flatMap(w -> Collections.nCopies(REPEATS, w).stream()))
              .toList(),
          StandardCharsets.UTF_8);
      run(command(size), folder, stop);
      Files.move(folder.resolve(PREFIX + ".model"), file, StandardCopyOption.REPLACE_EXISTING);
      Files.delete(folder.resolve(PREFIX + ".vocab"));
      Files.delete(text);
      Files.delete(folder.resolve(SAID));
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  private static List<String> command(int size) {
    List<String> command = new ArrayList<>(List.of("spm_train", "--model_type=unigram"));
    command.add("--input=" + TEXT);
    command.add("--model_prefix=" + PREFIX);
    command.add("--vocab_size=" + size);
    command.add("--pad_id=" + PAD);
    command.add("--eos_id=" + EOS);
    command.add("--unk_id=" + UNK);
    command.add("--bos_id=" + BOS);
    command.add("--character_coverage=1.0");
    command.add("--num_threads=1");
    command.add("--input_sentence_size=0");
    command.add("--hard_vocab_limit=false");
    command.add("--minloglevel=1");
    return command;
  }

  private static void run(List<String> command, Path folder, BooleanSupplier stop) {
    Path log = folder.resolve(SAID);
    try {
      Process p =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      int status = ended(p, stop);
      if (stop.getAsBoolean() || SIGNALLED.contains(status)) {
        throw new CancellationException("interrupted while training the tokenizer");
      }
      if (status != 0) {
        String said = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        throw InputException.at(folder)
            .place("spm_train")
            .expected("must train the tokenizer")
            .found("it ended with " + status + " and said: " + said)
            .remedy("check the text and the room on the disk, and run the same command again")
            .build();
      }
    } catch (IOException e) {
      throw InputException.at(folder)
          .place("spm_train")
          .expected("is needed to train the tokenizer")
          .found("it cannot be started: " + e.getMessage())
          .remedy("install SentencePiece, on Debian: apt-get install sentencepiece")
          .cause(e)
          .build();
    }
  }

  private static int ended(Process p, BooleanSupplier stop) {
    try {
      while (!p.waitFor(ASKED_EVERY, TimeUnit.MILLISECONDS)) {
        if (stop.getAsBoolean()) {
          p.destroy();
        }
      }
      return p.exitValue();
    } catch (InterruptedException e) {
      p.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while training the tokenizer", e);
    }
  }
}
