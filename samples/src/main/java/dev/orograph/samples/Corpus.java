package dev.orograph.samples;

import dev.orograph.input.InputException;
import dev.orograph.random.Generator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Text in two parts: what is learned from, and what is held out of everything, the tokenizer
 * included, to measure with.
 *
 * @param training learned from
 * @param heldOut measured with: nothing of it reads as something in training
 * @param repeated how many of those held out were dropped because training holds their text too
 */
record Corpus<T>(List<T> training, List<T> heldOut, int repeated) {
  /** One in so many is held out. */
  private static final int SHARE = 20;

  private static final int MEASURED = 256;

  Corpus {
    training = List.copyOf(training);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * One in {@value #SHARE}, drawn by the seed, is held out.
   *
   * @param text what must not occur in both parts
   */
  static <T> Corpus<T> of(List<T> all, long seed, Function<T, String> text) {
    int[] order = Generator.keyed(seed, "samples", "held-out").permutation(all.size());
    boolean[] out = new boolean[all.size()];
    IntStream.range(0, all.size() / SHARE).forEach(i -> out[order[i]] = true);
    List<T> training = new ArrayList<>();
    List<T> heldOut = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      (out[i] ? heldOut : training).add(all.get(i));
    }
    Set<String> learned = new HashSet<>(training.stream().map(text).toList());
    List<T> fresh = heldOut.stream().filter(t -> !learned.contains(text.apply(t))).toList();
    return new Corpus<>(training, fresh, heldOut.size() - fresh.size());
  }

  /** What is held out and measured with again and again while a model is trained. */
  List<T> measured(long seed) {
    return drawn(seed, "measured in training", MEASURED);
  }

  /**
   * Some of what is held out, drawn by the seed.
   *
   * @param what names the draw
   */
  List<T> drawn(long seed, String what, int most) {
    return Arrays.stream(Generator.keyed(seed, "samples", what).permutation(heldOut.size()))
        .limit(most)
        .mapToObj(heldOut::get)
        .toList();
  }

  /** Another view of the same two parts. */
  <U> Corpus<U> map(Function<T, U> view) {
    return new Corpus<>(
        training.stream().map(view).toList(), heldOut.stream().map(view).toList(), repeated);
  }

  /**
   * The lines of a text file, without empty ones.
   *
   * @throws InputException where its bytes are no UTF-8, or there are too few lines to hold any out
   */
  static List<String> lines(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    List<String> lines = decoded(bytes, file).lines().filter(l -> !l.isBlank()).toList();
    if (lines.size() < SHARE) {
      throw InputException.at(file)
          .expected("must have at least " + SHARE + " lines, one of which is held out")
          .found("has " + lines.size())
          .remedy("give a larger text, one entry a line")
          .build();
    }
    return lines;
  }

  private static String decoded(byte[] bytes, Path file) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int at = in.position();
      long line = 1 + IntStream.range(0, at).filter(i -> bytes[i] == '\n').count();
      throw InputException.at(file)
          .place("line " + line)
          .expected("must be UTF-8")
          .found(
              String.format(
                  Locale.ROOT, "byte %,d is 0x%02x, which does not continue it", at, bytes[at]))
          .remedy("convert the file, for example with iconv -t UTF-8")
          .build();
    }
    return out.flip().toString();
  }
}
