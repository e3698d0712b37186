package dev.orograph.instrument.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.forward.Inputs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Token ids, padded on the right to one length; padding is seen by nobody. */
final class Sequences implements Corpus {
  private static final long MOST_BYTES = 1L << 28;
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String DECODER = "decoder_input_ids";
  private static final String POSITIONS = "position_ids";
  private static final String TYPES = "token_type_ids";

  private final List<int[]> ids;
  private final List<int[]> mask;
  private final List<int[]> positions;
  private final List<int[]> types;
  private final List<int[]> decoder;
  private final int pad;
  private final int width;
  private final int decoderWidth;

  /**
   * Sequences of one file or another.
   *
   * @param mask null where everything is seen
   * @param positions null where they are counted
   * @param types null where all are 0
   * @param decoder null where there is none
   * @param length to which they are padded; 0 for that of the longest
   */
  private Sequences(
      List<int[]> ids,
      List<int[]> mask,
      List<int[]> positions,
      List<int[]> types,
      List<int[]> decoder,
      int pad,
      int length) {
    this.ids = ids;
    this.mask = mask;
    this.positions = positions;
    this.types = types;
    this.decoder = decoder;
    this.pad = pad;
    this.width = length > 0 ? length : longest(ids);
    this.decoderWidth = decoder == null ? 0 : longest(decoder);
  }

  private static int longest(List<int[]> rows) {
    return rows.stream().mapToInt(r -> r.length).max().orElse(0);
  }

  /** Sequences that all are seen whole. */
  static Sequences of(List<int[]> ids, int pad, int length) {
    return new Sequences(ids, null, null, null, null, pad, length);
  }

  /**
   * Sequences of a JSON file: an object with lists of lists of whole numbers.
   *
   * @param vocabulary ids must be below it
   * @param most positions that a sequence may have; 0 for any number
   * @param types token types that the model knows; 0 for none
   * @param length to which they are padded; 0 for that of the longest
   * @throws InputException where they are not
   */
  static Sequences read(Path file, long vocabulary, long most, long types, int length) {
    JsonNode root = BoundedJson.read(file, MOST_BYTES);
    if (!root.isObject() || !root.has(IDS)) {
      throw fault(file, "the document", "must be an object with '" + IDS + "'", "is not");
    }
    root.fieldNames()
        .forEachRemaining(
            key -> {
              if (!Set.of(IDS, MASK, DECODER, POSITIONS, TYPES).contains(key)) {
                throw fault(
                    file, Text.quoted(key), "must be one of the keys that are known", "is not");
              }
            });
    List<int[]> ids = rows(file, root, IDS, null, vocabulary);
    long limit = length > 0 ? length : most;
    for (int i = 0; i < ids.size() && limit > 0; i++) {
      if (ids.get(i).length > limit) {
        throw InputException.at(file)
            .place("sequence " + i)
            .expected("must have at most " + limit + " ids")
            .found("has " + ids.get(i).length)
            .remedy(
                length > 0
                    ? "ids are not cut: cut the sequence in the file, or give --length "
                        + ids.stream().mapToInt(r -> r.length).max().orElse(0)
                        + " or more, as far as the model reads"
                    : "the model reads no more positions: cut it into several sequences")
            .build();
      }
    }
    return new Sequences(
        ids,
        root.has(MASK) ? rows(file, root, MASK, ids, 2) : null,
        root.has(POSITIONS)
            ? rows(file, root, POSITIONS, ids, most > 0 ? most : Integer.MAX_VALUE)
            : null,
        root.has(TYPES) ? types(file, root, ids, types) : null,
        root.has(DECODER) ? decoder(file, root, ids, vocabulary) : null,
        0,
        length);
  }

  private static List<int[]> types(Path file, JsonNode root, List<int[]> ids, long types) {
    if (types == 0) {
      throw fault(file, "'" + TYPES + "'", "must be of a model with token types", "is not");
    }
    return rows(file, root, TYPES, ids, types);
  }

  private static List<int[]> decoder(Path file, JsonNode root, List<int[]> ids, long vocabulary) {
    List<int[]> rows = rows(file, root, DECODER, null, vocabulary);
    if (rows.size() != ids.size()) {
      throw fault(
          file,
          "'" + DECODER + "'",
          "must have as many sequences as '" + IDS + "', " + ids.size(),
          "has " + rows.size());
    }
    return rows;
  }

  /** The rows under a key, as long as those of {@code like}. */
  private static List<int[]> rows(
      Path file, JsonNode root, String key, List<int[]> like, long limit) {
    JsonNode all = root.get(key);
    String place = "'" + key + "'";
    if (!all.isArray() || all.isEmpty() || (like != null && all.size() != like.size())) {
      throw fault(
          file,
          place,
          "must be a list of " + (like == null ? "sequences" : like.size() + " sequences"),
          all.isArray() ? "has " + all.size() : "is not");
    }
    List<int[]> rows = new ArrayList<>(all.size());
    for (JsonNode row : all) {
      String at = place + " sequence " + rows.size();
      if (!row.isArray()
          || row.isEmpty()
          || (like != null && row.size() != like.get(rows.size()).length)) {
        throw fault(
            file,
            at,
            "must be a list of "
                + (like == null ? "" : like.get(rows.size()).length + " ")
                + "whole numbers",
            row.isArray() ? "has " + row.size() : "is not");
      }
      int[] values = new int[row.size()];
      for (int i = 0; i < values.length; i++) {
        JsonNode v = row.get(i);
        if (!v.isInt() || v.intValue() < 0 || v.intValue() >= limit) {
          throw fault(
              file,
              at,
              "must hold whole numbers from 0 to " + (limit - 1),
              "position " + i + " has " + Text.visible(v.toString(), 40));
        }
        values[i] = v.intValue();
      }
      rows.add(values);
    }
    return rows;
  }

  private static InputException fault(Path file, String place, String expected, String found) {
    return InputException.at(file)
        .place(place)
        .expected(expected)
        .found(found)
        .remedy("see 'orograph extract --help'")
        .build();
  }

  /**
   * Its one sequence, seen whole.
   *
   * @throws InputException where there are more, or something beside it
   */
  int[] only(Path file) {
    if (ids.size() != 1 || mask != null || positions != null || types != null || decoder != null) {
      throw fault(
          file,
          "the document",
          "must hold one sequence of '" + IDS + "' alone",
          ids.size() == 1 ? "has other keys" : "has " + ids.size());
    }
    return ids.get(0).clone();
  }

  /** Rough size in memory, in bytes. */
  long bytes() {
    long numbers = 0;
    for (List<int[]> rows : Arrays.asList(ids, mask, positions, types, decoder)) {
      numbers += rows == null ? 0 : rows.stream().mapToLong(r -> 8L + r.length).sum();
    }
    return numbers * Integer.BYTES;
  }

  /** Tokens that are computed, padding included. */
  long tokens() {
    return (long) ids.size() * (width + decoderWidth);
  }

  boolean hasDecoder() {
    return decoder != null;
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public Inputs inputs(int from, int to) {
    Inputs in = Inputs.ids(rows(from, to, this::id));
    // One rule for all batches, so that a batch's size is not seen in its numbers.
    if (mask != null || ids.stream().anyMatch(r -> r.length < width)) {
      in = in.mask(rows(from, to, this::seen));
    }
    if (positions != null) {
      in = in.positions(rows(from, to, i -> padded(positions.get(i), width, 0)));
    }
    if (types != null) {
      in = in.types(rows(from, to, i -> padded(types.get(i), width, 0)));
    }
    if (decoder == null) {
      return in;
    }
    Inputs second = Inputs.ids(rows(from, to, this::decoderId));
    if (decoder.stream().anyMatch(r -> r.length < decoderWidth)) {
      second = second.mask(rows(from, to, this::decoderSeen));
    }
    return in.decoder(second);
  }

  @Override
  public List<Beside> beside() {
    List<Beside> all =
        new ArrayList<>(
            List.of(new Beside(IDS, width, this::id), new Beside(MASK, width, this::seen)));
    if (decoder != null) {
      all.add(new Beside(DECODER, decoderWidth, this::decoderId));
      all.add(new Beside("decoder_" + MASK, decoderWidth, this::decoderSeen));
    }
    return all;
  }

  @Override
  public int[] seen(String state, int entry, int positions) {
    boolean second = decoder != null && !state.startsWith("encoder.");
    int[] mask = second ? decoderSeen(entry) : seen(entry);
    return mask.length == positions ? mask : null;
  }

  private static List<int[]> rows(int from, int to, IntFunction<int[]> row) {
    return IntStream.range(from, to).mapToObj(row).toList();
  }

  private int[] id(int i) {
    return padded(ids.get(i), width, pad);
  }

  private int[] seen(int i) {
    return mask == null ? ones(ids.get(i).length, width) : padded(mask.get(i), width, 0);
  }

  private int[] decoderId(int i) {
    return padded(decoder.get(i), decoderWidth, 0);
  }

  private int[] decoderSeen(int i) {
    return ones(decoder.get(i).length, decoderWidth);
  }

  private static int[] ones(int count, int width) {
    int[] row = new int[width];
    Arrays.fill(row, 0, count, 1);
    return row;
  }

  private static int[] padded(int[] row, int width, int with) {
    int[] all = Arrays.copyOf(row, width);
    Arrays.fill(all, row.length, width, with);
    return all;
  }
}
