package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One hand-made file per attack; each message is part of the contract. */
class HostileHeaderTest {
  private static final byte[] EIGHT = new byte[8];

  @TempDir Path folder;

  private void refused(Path file, String message) {
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessage("x.safetensors: " + message);
  }

  private Path header(String json, int dataBytes) {
    return HandMade.file(folder, "x.safetensors", json, new byte[dataBytes]);
  }

  private Path length(long length) {
    byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
    return HandMade.file(folder, "x.safetensors", length, json, EIGHT);
  }

  private Path bytes(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.safetensors"), bytes);
  }

  @Test
  void emptyFile() throws IOException {
    refused(
        bytes(new byte[0]),
        "must start with the 8 bytes of a safetensors header length but is empty:"
            + " download it again");
  }

  @Test
  void shorterThanItsLengthField() throws IOException {
    refused(
        bytes(new byte[7]),
        "must start with the 8 bytes of a safetensors header length but has 7 bytes:"
            + " download it again");
  }

  @Test
  void headerLengthZero() {
    refused(
        length(0),
        "the header must have 2 to 100,000,000 bytes but its length field says 0:"
            + " check that it is a safetensors file, or download it again");
  }

  @Test
  void headerLengthNegativeIsHugeUnsigned() {
    refused(
        length(-1),
        "the header must have 2 to 100,000,000 bytes but its length field says"
            + " 18446744073709551615: check that it is a safetensors file, or download it again");
  }

  @Test
  void headerLengthOverTheLimit() {
    refused(
        length(100_000_001),
        "the header must have 2 to 100,000,000 bytes but its length field says 100000001:"
            + " check that it is a safetensors file, or download it again");
  }

  @Test
  void headerLengthOverTheFile() {
    refused(length(11), "the header ends at byte 19 but the file has 18: download it again");
  }

  @Test
  void headerThatDoesNotStartWithABrace() {
    refused(
        header(" {}", 0),
        "the header must start with '{' but starts with byte 0x20:"
            + " check that it is a safetensors file, or download it again");
    refused(
        header("[]", 0),
        "the header must start with '{' but starts with byte 0x5b:"
            + " check that it is a safetensors file, or download it again");
  }

  @Test
  void headerThatIsNotJson() {
    assertThatThrownBy(() -> Checkpoint.open(header("{\"a\" 1}", 0)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("x.safetensors: the header must be plain JSON but is not: ")
        .hasMessageContaining("line 1, column");
  }

  @Test
  void headerWithSomethingAfterTheObject() {
    assertThatThrownBy(() -> Checkpoint.open(header("{}{}", 0)))
        .hasMessageStartingWith("x.safetensors: the header must be plain JSON but is not: ");
    try (Checkpoint padded = Checkpoint.open(header("{}      ", 0))) {
      assertThat(padded.tensors()).isEmpty();
    }
  }

  @Test
  void deepJson() {
    String deep = "{\"__metadata__\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> Checkpoint.open(header(deep, 0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void duplicateNames() {
    String entry = HandMade.entry("a", "F32", "[1]", 0, 4);
    assertThatThrownBy(() -> Checkpoint.open(header("{" + entry + "," + entry + "}", 4)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "x.safetensors: the header must be plain JSON but is not: Duplicate");
  }

  @Test
  void bytesThatAreNotUtf8() {
    byte[] json = "{\"a?\":1}".getBytes(StandardCharsets.UTF_8);
    json[3] = (byte) 0xFF;
    refused(
        HandMade.file(folder, "x.safetensors", json.length, json, EIGHT),
        "the header must be UTF-8 but holds bytes that are not:"
            + " download it again, or correct it");
  }

  @Test
  void nulAndEscapesInNames() {
    refused(
        header("{" + HandMade.entry("a\\u0000b", "U8", "[1]", 0, 1) + "}", 1),
        "the name 'a\\u0000b' must be printable but holds a control character: download it again");
    refused(
        header("{" + HandMade.entry("\\u001b[2J", "U8", "[1]", 0, 1) + "}", 1),
        "the name '\\u001b[2J' must be printable but holds a control character:"
            + " download it again");
  }

  @Test
  void offsetsReversed() {
    refused(
        header("{" + HandMade.entry("a", "F32", "[1]", 8, 4) + "}", 8),
        "'a' must end after it begins but begins at 8 and ends at 4: download it again");
  }

  @Test
  void offsetsNegativeFractionalOrTooLarge() {
    for (String bad : new String[] {"-4", "0.5", "1e2", "9223372036854775808", "\"4\"", "null"}) {
      String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + bad + ",4]}}";
      String shown = bad.equals("1e2") ? "100.0" : bad;
      refused(
          header(json, 8),
          "'a' must have whole numbers from 0 to 2^63-1 in its data_offsets but one is "
              + shown
              + ": download it again");
    }
  }

  @Test
  void offsetsThatOverflowWithTheHeader() {
    refused(
        header("{" + HandMade.entry("a", "U8", "[0]", Long.MAX_VALUE, Long.MAX_VALUE) + "}", 8),
        "'a' must end inside the file but ends at byte 9,223,372,036,854,775,807:"
            + " download it again");
  }

  @Test
  void threeOffsets() {
    refused(
        header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 8),
        "'a' must have two data_offsets but has 3: download it again");
  }

  @Test
  void overlap() {
    String json =
        "{"
            + HandMade.entry("a", "F32", "[2]", 0, 8)
            + ","
            + HandMade.entry("b", "F32", "[1]", 4, 8)
            + "}";
    int start = 8 + json.length();
    refused(
        header(json, 8),
        "'b' overlaps 'a': it begins at byte "
            + (start + 4)
            + " but the bytes before it end at "
            + (start + 8)
            + ": download it again");
  }

  @Test
  void theSameBytesTwice() {
    String json =
        "{"
            + HandMade.entry("a", "F32", "[2]", 0, 8)
            + ","
            + HandMade.entry("b", "F32", "[2]", 0, 8)
            + "}";
    assertThatThrownBy(() -> Checkpoint.open(header(json, 8)))
        .hasMessageContaining("'b' overlaps 'a': it begins at byte ");
  }

  @Test
  void hole() {
    String json =
        "{"
            + HandMade.entry("b", "F32", "[1]", 8, 12)
            + ","
            + HandMade.entry("a", "F32", "[1]", 0, 4)
            + "}";
    int start = 8 + json.length();
    refused(
        header(json, 12),
        "'b' must follow 'a' without a hole, but it begins at byte "
            + (start + 8)
            + " but the bytes before it end at "
            + (start + 4)
            + ": download it again");
  }

  @Test
  void holeBeforeTheFirst() {
    assertThatThrownBy(
            () -> Checkpoint.open(header("{" + HandMade.entry("a", "U8", "[1]", 1, 2) + "}", 2)))
        .hasMessageContaining("'a' must follow the header without a hole");
  }

  @Test
  void shapeThatOverflows() {
    refused(
        header("{" + HandMade.entry("a", "U8", "[4294967296,4294967296]", 0, 0) + "}", 0),
        "'a' must have fewer than 2^63 bytes but U8 [4294967296, 4294967296] has more:"
            + " download it again");
    refused(
        header("{" + HandMade.entry("a", "F64", "[1152921504606846976]", 0, 0) + "}", 0),
        "'a' must have fewer than 2^63 bytes but F64 [1152921504606846976] has more:"
            + " download it again");
  }

  @Test
  void shapeNegative() {
    refused(
        header("{" + HandMade.entry("a", "U8", "[-1,-8]", 0, 8) + "}", 8),
        "'a' must have whole numbers from 0 to 2^63-1 in its shape but one is -1:"
            + " download it again");
  }

  @Test
  void shapeOfTooManyDimensions() {
    refused(
        header("{" + HandMade.entry("a", "U8", "[1,1,1,1,1,1,1,1,1]", 0, 1) + "}", 1),
        "'a' must have at most 8 dimensions but has 9: download it again");
  }

  @Test
  void wrongNumberOfBytes() {
    refused(
        header("{" + HandMade.entry("a", "F32", "[2,3]", 0, 20) + "}", 20),
        "'a' must have 24 bytes for F32 [2, 3] but its data_offsets span 20: download it again");
  }

  @Test
  void unknownTypes() {
    refused(
        header("{" + HandMade.entry("a", "F4", "[2]", 0, 1) + "}", 1),
        "'a' has dtype 'F4' but this version reads F64, F32, F16, BF16, F8_E4M3, F8_E5M2, I64,"
            + " I32, I16, I8, U64, U32, U16, U8, BOOL: convert it to one of these");
    refused(
        header("{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,1]}}", 1),
        "'a' must have a dtype that is a string but it is a number: download it again");
  }

  @Test
  void entriesThatAreNoTensors() {
    refused(header("{\"a\":5}", 0), "'a' must be an object but is a number: download it again");
    refused(
        header("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1),
        "'a' must have a list shape but it is missing: download it again");
    refused(
        header("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"scale\":2}}", 1),
        "'a' must have dtype, shape and data_offsets only but has 'scale': download it again");
  }

  @Test
  void metadataThatIsNotStrings() {
    refused(
        header("{\"__metadata__\":[]}", 0),
        "__metadata__ must be an object but is a list: download it again");
    refused(
        header("{\"__metadata__\":{\"n\":{}}}", 0),
        "__metadata__ 'n' must be a string but is an object: download it again");
  }

  @Test
  void truncatedNamesTheFirstTensorByOffset() {
    String json =
        "{"
            + HandMade.entry("c", "F32", "[2]", 12, 20)
            + ","
            + HandMade.entry("b", "F32", "[2]", 4, 12)
            + ","
            + HandMade.entry("a", "F32", "[1]", 0, 4)
            + "}";
    int start = 8 + json.length();
    refused(
        header(json, 11),
        "'b' ends at byte "
            + (start + 12)
            + " but the file has "
            + (start + 11)
            + ": download it again");
  }

  @Test
  void trailingBytes() {
    String json = "{" + HandMade.entry("a", "F32", "[1]", 0, 4) + "}";
    int end = 8 + json.length() + 4;
    refused(
        header(json, 5),
        "must end with its last tensor at byte "
            + end
            + " but has "
            + (end + 1)
            + ": download it again");
  }

  @Test
  void otherKindsOfFileAreNamed() throws IOException {
    refused(
        bytes(
            "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"
                .getBytes(StandardCharsets.UTF_8)),
        "must be a file of weights but is a Git LFS pointer: run 'git lfs pull' to fetch it");
    refused(
        bytes("<!DOCTYPE html><html>not found</html>".getBytes(StandardCharsets.UTF_8)),
        "must be a file of weights but is a web page: download the file itself");
    refused(
        bytes("GGUF\u0003\u0000\u0000\u0000tensors".getBytes(StandardCharsets.UTF_8)),
        "the header ends at byte 16 but the file has 15: download it again");
    refused(
        bytes(new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0}),
        "the archive must end with a directory but has none: download it again");
    refused(
        bytes(new byte[] {(byte) 0x80, 2, '}', 'q', 0, 'X', 1, 0, 0}),
        "must be a file of weights but is a Python pickle:"
            + " save the state_dict in it with torch.save");
    refused(
        bytes(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0}),
        "must be a file of weights but is an HDF5 file, as TensorFlow and Keras write it: load it in"
            + " the transformers library (from_tf=True) and use save_pretrained");
  }

  @Test
  void aHeaderWhoseLengthLooksLikeAPickleIsRead() {
    String json = "{" + " ".repeat(0x280 - 2) + "}";
    try (Checkpoint checkpoint = Checkpoint.open(header(json, 0))) {
      assertThat(checkpoint.tensors()).isEmpty();
    }
  }

  @Test
  void manyBracketsDoNotFillTheMemory() {
    byte[] json = new byte[(int) SafetensorsHeader.MAX_BYTES];
    java.util.Arrays.fill(json, (byte) ',');
    for (int i = 0; i + 3 < json.length; i += 3) {
      json[i] = '[';
      json[i + 1] = ']';
    }
    byte[] start = "{\"a\":[".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(start, 0, json, 0, start.length);
    Path file = HandMade.file(folder, "x.safetensors", json.length, json, EIGHT);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("oken count");
  }
}
