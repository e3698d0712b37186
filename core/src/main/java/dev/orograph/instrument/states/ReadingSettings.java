package dev.orograph.instrument.states;

import dev.orograph.instrument.Options;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a model is to read. Texts and ids come as choices of one instrument: {@code prompts} (a text
 * per line), {@code ids} and {@code decoder_ids} (a sequence per line, numbers apart by spaces),
 * {@code source} (the file that they stand in).
 *
 * @param seed seed of every draw
 * @param sound whether the sound figures are wanted beside the seed's
 * @param prompts texts
 * @param chosen whether the user chose what is read
 * @param ids token ids in place of texts; may be empty
 * @param decoder what a decoder behind an encoder reads, a sequence per sequence of ids; empty for
 *     its start token followed by the ids
 * @param source the file that the user's choice stands in, or ""
 */
record ReadingSettings(
    long seed,
    boolean sound,
    List<String> prompts,
    boolean chosen,
    List<List<Integer>> ids,
    List<List<Integer>> decoder,
    String source)
    implements Serializable {
  private static final Pattern LINE = Pattern.compile("\n");
  private static final Pattern SPACE = Pattern.compile(" ");

  static ReadingSettings of(Options options, String instrument, List<String> usual) {
    Optional<String> prompts = options.choice(instrument, "prompts");
    Optional<String> ids = options.choice(instrument, "ids");
    List<List<Integer>> decoder = rows(options.choice(instrument, "decoder_ids"));
    if (prompts.isPresent() && ids.isPresent()) {
      throw new IllegalArgumentException("give texts or ids, not both");
    }
    if (!decoder.isEmpty() && decoder.size() != rows(ids).size()) {
      throw new IllegalArgumentException("a decoder reads as many sequences as its encoder");
    }
    return new ReadingSettings(
        options.seed(),
        options.figures() == Options.Figures.ALL,
        prompts.map(p -> Arrays.asList(LINE.split(p, -1))).map(List::copyOf).orElse(usual),
        prompts.isPresent() || ids.isPresent(),
        rows(ids),
        decoder,
        options.choice(instrument, "source").orElse(""));
  }

  private static List<List<Integer>> rows(Optional<String> text) {
    return text.map(
            t ->
                Arrays.stream(LINE.split(t, -1))
                    .map(
                        line -> Arrays.stream(SPACE.split(line, -1)).map(Integer::valueOf).toList())
                    .toList())
        .orElse(List.of());
  }
}
