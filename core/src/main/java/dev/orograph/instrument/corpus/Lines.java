package dev.orograph.instrument.corpus;

import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import dev.orograph.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A text file with a sequence on each line, as tokens with the special tokens around them. */
final class Lines {
  private final Path file;
  private final Tokenizer tokenizer;
  private final long vocabulary;
  private final long most;
  private final int length;
  private final List<int[]> ids = new ArrayList<>();
  private int cut;

  /**
   * Reads a file.
   *
   * @param vocabulary ids must be below it
   * @param most positions that a sequence may have; 0 for any number
   * @param length to which longer lines are cut; 0 to refuse them
   * @throws InputException naming the line at fault
   */
  Lines(Path file, Tokenizer tokenizer, long vocabulary, long most, int length) {
    this.file = file;
    this.tokenizer = tokenizer;
    this.vocabulary = vocabulary;
    this.most = most;
    this.length = length;
    SafePath.requireFile(file);
    try (Reader in =
        new BufferedReader(
            new InputStreamReader(
                Files.newInputStream(file), StandardCharsets.UTF_8.newDecoder()))) {
      read(in);
    } catch (CharacterCodingException e) {
      throw fault("must be UTF-8", "holds bytes that are not", "save it as UTF-8");
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
    if (ids.isEmpty()) {
      throw InputException.at(file)
          .expected("must hold a sequence per line")
          .found("is empty")
          .remedy("write some text into it")
          .build();
    }
  }

  private void read(Reader in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c >= 0) {
      if (c == '\n') {
        add(line);
        line.setLength(0);
      } else if (line.length() > tokenizer.longest()) {
        throw fault(
            "must have at most " + Text.grouped(tokenizer.longest()) + " characters",
            "has more",
            "break it");
      } else {
        line.append((char) c);
      }
      c = in.read();
    }
    if (line.length() > 0) {
      add(line);
    }
  }

  private void add(StringBuilder line) {
    if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    if (line.toString().isBlank()) {
      throw fault("must hold text", "is empty", "delete it");
    }
    int[] row =
        tokenizer.encodeWithSpecials(line.toString()).ids().stream()
            .mapToInt(Integer::intValue)
            .toArray();
    for (int id : row) {
      if (id >= vocabulary) {
        throw fault(
            "must become ids below " + vocabulary + ", the model's",
            "the tokenizer gives " + id,
            "this tokenizer is another model's");
      }
    }
    if (length > 0 && row.length > length) {
      cut++;
      row = Arrays.copyOf(row, length);
    }
    if (length == 0 && most > 0 && row.length > most) {
      throw fault(
          "must have at most " + most + " tokens, as many as the model reads",
          "has " + row.length,
          "break it, or give --length to cut it");
    }
    if (row.length == 0) {
      throw fault("must become tokens", "becomes none", "delete it");
    }
    ids.add(row);
  }

  private InputException fault(String expected, String found, String remedy) {
    return InputException.at(file)
        .place("line " + Text.grouped(ids.size() + 1L))
        .expected(expected)
        .found(found)
        .remedy(remedy)
        .build();
  }

  /** A row of ids per line. */
  List<int[]> ids() {
    return ids;
  }

  /** How many lines were cut. */
  int cut() {
    return cut;
  }
}
