package dev.orograph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.Effort;
import dev.orograph.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** One hand-made pickle per attack, in an archive that is otherwise good. */
class HostilePickleTest {
  private static final String AGAIN = ": download it again";
  private static final String NO_PICKLE = "data.pkl must be a pickle as torch.save writes it but ";

  /** Nanoseconds of processor that loading and compiling may take, once. */
  private static final long WARMING = 1_000_000_000L;

  @TempDir Path folder;

  private Path file(String pickle) throws IOException {
    return Files.write(folder.resolve("x.pt"), HostileZipTest.zip(HostileZipTest.entries(pickle)));
  }

  private void refused(String pickle, String message) throws IOException {
    Path file = file(pickle);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessage("x.pt: " + message);
  }

  /**
   * An attack takes no more effort than a harmless pickle of its size takes, but for what the first
   * run of any program takes: one that works takes a thousand times as much.
   */
  private static void likely(Executable harmless, Executable attack) throws Throwable {
    attack.execute();
    long usual = Effort.of(harmless);
    assertThat(Effort.of(attack)).isLessThan(10 * usual + WARMING);
  }

  /** The good pickle with something else in place of a part that it must have. */
  private void changed(String part, String other, String message) throws IOException {
    Assertions.assertTrue(HostileZipTest.PICKLE.contains(part), part);
    refused(HostileZipTest.PICKLE.replace(part, other), message);
  }

  @Test
  void codeIsRefusedByName() throws IOException {
    for (String name :
        new String[] {
          "os\nsystem",
          "builtins\neval",
          "__builtin__\nexec",
          "posix\nsystem",
          "torch.hub\nload",
          "torch\nload",
          "numpy.core.multiarray\nscalar",
          "collections\nOrderedDict.__class__",
          "torch.storage\n_load_from_bytes",
          "torch._utils\n_rebuild_device_tensor_from_numpy",
          "torch.storage\nos.FloatStorage"
        }) {
      String message =
          "data.pkl may use the names of tensors and storages only but uses '"
              + name.replace('\n', '.')
              + "': if you trust the file, load it in PyTorch and save its state_dict alone";
      refused("\u0080\u0002c" + name + "\nX\u0002\0\0\0ls\u0085R.", message);
      // The name alone is refused, also where nothing is made of it.
      refused("\u0080\u0002c" + name + "\n0}.", message);
      String[] two = name.split("\n", 2);
      refused("\u0080\u0004" + shortText(two[0]) + shortText(two[1]) + "\u0093)R.", message);
    }
  }

  private static String shortText(String text) {
    return "\u008c" + (char) text.length() + text;
  }

  @Test
  void instructionsThatBuildObjectsAreRefused() throws IOException {
    refused("(ios\nsystem\n.", NO_PICKLE + "has the instruction 0x69" + AGAIN);
    refused("(o.", NO_PICKLE + "has the instruction 0x6f" + AGAIN);
    refused("\u0082\u0001.", NO_PICKLE + "has the instruction 0x82" + AGAIN);
    refused("Pid\n.", NO_PICKLE + "has the instruction 0x50" + AGAIN);
    refused("I1\n.", NO_PICKLE + "has the instruction 0x49" + AGAIN);
    refused(")}b.", NO_PICKLE + "sets the state of something that is no dictionary" + AGAIN);
    refused("})R.", NO_PICKLE + "calls something that has no name" + AGAIN);
  }

  @Test
  void stacksAndMemos() throws IOException {
    String empty = NO_PICKLE + "takes more from its stack than there is" + AGAIN;
    refused(".", empty);
    refused("0.", empty);
    refused("t.", empty);
    refused("(s.", empty);
    refused("\u0087.", empty);
    refused("h\u0007.", NO_PICKLE + "refers to an object 7 that it has not made" + AGAIN);
    refused("}", NO_PICKLE + "ends in the middle" + AGAIN);
    refused("", NO_PICKLE + "ends in the middle" + AGAIN);
    refused("}K\u0001a.", NO_PICKLE + "appends to something that is no list" + AGAIN);
    refused(
        "]K\u0001K\u0001s.", NO_PICKLE + "sets items of something that is no dictionary" + AGAIN);
    refused("}(K\u0001u.", NO_PICKLE + "sets items of something that is no dictionary" + AGAIN);
  }

  @Test
  void lengthsBeyondTheFile() throws IOException {
    String message = NO_PICKLE + "holds a value of %s bytes where %d are left" + AGAIN;
    refused("X\u00ff\u00ff\u00ff\u007f.", String.format(Locale.ROOT, message, 2147483647, 1));
    refused("X\u00ff\u00ff\u00ff\u00ff.", String.format(Locale.ROOT, message, -1, 1));
    refused(
        "\u008e" + "\u00ff".repeat(7) + "\u007f.",
        String.format(Locale.ROOT, message, Long.MAX_VALUE, 1));
    refused("\u008b\u00ff\u00ff\u00ff\u007f.", String.format(Locale.ROOT, message, 2147483647, 1));
  }

  @Test
  void referencesThatGrowWithoutEndTakeNoTime() throws IOException {
    // Each list holds the one before twice: 2^60 elements to whoever follows them.
    StringBuilder laughs = new StringBuilder("\u0080\u0002]q\0");
    for (int i = 0; i < 60; i++) {
      laughs.append("]q\u0001(h\0h\0eq\0");
    }
    refused(
        laughs + ".",
        "data.pkl must hold a dictionary of tensors but holds something else" + AGAIN);
    // As keys of a dictionary, too: their hash must not follow them either.
    refused(
        laughs + "}h\0K\u0001s.",
        "data.pkl must hold tensors by name, or a dictionary of them as state_dict,"
            + " model_state_dict, model but holds a key that is no text:"
            + " save a state_dict alone with torch.save");
  }

  @Test
  void stepsAreCounted() throws Throwable {
    String many = "}" + "N0".repeat(Pickle.MAX_STEPS / 2) + ".";
    Executable steps =
        () -> refused(many, NO_PICKLE + "has more than 2,000,000 instructions" + AGAIN);
    // A list of pairs that is made into a dictionary again and again.
    StringBuilder pairs =
        new StringBuilder("ccollections\nOrderedDict\nq\u0001K\u0001K\u0002\u0086q\u0003](");
    pairs.append("h\u0003".repeat(100_000)).append("e\u0085q\u0002");
    pairs.append("h\u0001h\u0002R0".repeat(100_000)).append("}.");
    likely(
        steps,
        () ->
            refused(pairs.toString(), NO_PICKLE + "has more than 2,000,000 instructions" + AGAIN));
  }

  @Test
  void tensorsThatBreakARule() throws IOException {
    changed(
        "K\u0002\u0085K\u0001\u0085",
        "K\u0003\u0085K\u0001\u0085",
        "'w' ends with element 2 but its storage 'm/data/0' has 2" + AGAIN);
    changed(
        "QK\0K\u0002\u0085",
        "QK\u0001K\u0002\u0085",
        "'w' ends with element 2 but its storage 'm/data/0' has 2" + AGAIN);
    changed(
        "QK\0K\u0002\u0085",
        "QJ\u00ff\u00ff\u00ff\u00ffK\u0002\u0085",
        "'w' ends with element 0 but its storage 'm/data/0' has 2" + AGAIN);
    changed(
        "K\u0001\u0085\u0089",
        "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085\u0089",
        "'w' ends with element 9,223,372,036,854,775,807 but its storage 'm/data/0' has 2" + AGAIN);
    changed(
        "K\u0002\u0085K\u0001\u0085",
        "K\u0003\u0085\u008a\b\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u0085",
        "'w' must lie in its storage but has shape [3], strides [9223372036854775807] and offset 0"
            + AGAIN);
    changed(
        "K\u0001\u0085\u0089",
        "J\u00ff\u00ff\u00ff\u00ff\u0085\u0089",
        "'w' must lie in its storage but has shape [2], strides [-1] and offset 0" + AGAIN);
    changed(
        "K\u0002\u0085K\u0001\u0085",
        "K\u0001K\u0001\u0086K\u0001\u0085",
        "'w' must have a stride for each of at most 8 dimensions but has shape [1, 1] and strides"
            + " [1]"
            + AGAIN);
    changed(
        "K\u0002\u0085K\u0001\u0085",
        "NK\u0001\u0085",
        "'w' must have sizes and strides that are whole numbers but has others" + AGAIN);
    changed(
        "ctorch\nFloatStorage",
        "ctorch\nQInt8Storage",
        "'w' must be of a type that is read but is in a torch.QInt8Storage:"
            + " save it dequantised: tensor.dequantize()");
    changed(
        "X\u0007\0\0\0storage",
        "X\u0007\0\0\0Storage",
        "'w' must name its storage as torch.save does but does not" + AGAIN);
    changed(
        "X\u0001\0\0\0" + "0",
        "X\u0004\0\0\0" + "../0",
        "'w' needs the entry 'm/data/../0' but there is none" + AGAIN);
    changed(
        "K\u0002tQ",
        "K\u0002t",
        "'w' must be made from a storage and an offset but is not" + AGAIN);
    changed(
        "X\u0001\0\0\0w",
        "X\u0001\0\0\0\u001b",
        "the name '\\u001b' must be printable but holds a control character" + AGAIN);
    changed(
        "X\u0001\0\0\0w",
        "K\u0001",
        "data.pkl must name tensors by text but has a key that is none" + AGAIN);
  }

  @Test
  void sizesThatHoldThemselves() throws IOException {
    changed(
        "K\u0002\u0085K\u0001\u0085",
        "ctorch\nSize\n]q\u0001Rq\u0002h\u0001h\u0002a0K\u0001\u0085",
        "'w' must have sizes and strides that are whole numbers but has others" + AGAIN);
  }

  @Test
  void aNameThatIsHalfExpectedManyTimesTakesNoTime() throws Throwable {
    likely(
        () -> named("ctorch\nper_" + "x".repeat(7 << 15) + "-\n."),
        () -> named("ctorch\nper_" + "_affine".repeat(1 << 15) + "-\n."));
  }

  private void named(String pickle) throws IOException {
    Path file = file(pickle);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("may use the names of tensors and storages only");
  }

  @Test
  void keysOfOneHashTakeNoTime() throws Throwable {
    // "Aa" and "BB" have the same hash, and so has everything made of them; of "Ab" none.
    likely(() -> keys("Ab"), () -> keys("BB"));
  }

  private void keys(String second) throws IOException {
    StringBuilder pickle = new StringBuilder("}");
    for (int i = 0; i < 1 << 16; i++) {
      pickle.append("ctorch\n");
      for (int bit = 0; bit < 16; bit++) {
        pickle.append((i >> bit & 1) == 0 ? "Aa" : second);
      }
      pickle.append("Storage\nNs");
    }
    refused(
        pickle + ".",
        "data.pkl must hold tensors by name, or a dictionary of them as state_dict,"
            + " model_state_dict, model but holds "
            + "a key that is no text, ".repeat(7)
            + "a key that is no text and 65528 more: save a state_dict alone with torch.save");
  }

  @Test
  void viewsOfOneHashTakeNoTime() throws Throwable {
    // The hash of k 2^32 + k is that of 0; the stride of a single element is any number.
    likely(() -> views(false), () -> views(true));
  }

  private void views(boolean oneHash) throws IOException {
    String good = HostileZipTest.PICKLE.substring(0, HostileZipTest.PICKLE.length() - 1);
    String call = good.substring(good.indexOf("ctorch._utils"), good.length() - 1);
    StringBuilder pickle = new StringBuilder("}(");
    for (int k = 0; k < 1 << 14; k++) {
      pickle.append('X').append(word(5)).append(String.format(Locale.ROOT, "%05d", k));
      pickle.append(
          call.replace(
              "K\u0002\u0085K\u0001\u0085",
              "K\u0001\u0085\u008a\b" + word(k) + word(oneHash ? k : 0) + "\u0085"));
    }
    Path file = file(pickle + "u.");
    try (Checkpoint c = Checkpoint.open(file)) {
      assertThat(c.tensors()).hasSize(1 << 14);
    }
  }

  /** Four bytes, the lowest first. */
  private static String word(int n) {
    StringBuilder word = new StringBuilder();
    for (int shift = 0; shift < 32; shift += 8) {
      word.append((char) (n >> shift & 0xFF));
    }
    return word.toString();
  }

  @Test
  void anyByteMayBeWrong() throws IOException {
    Random random = new Random(5);
    byte[] good = HostileZipTest.PICKLE.getBytes(StandardCharsets.ISO_8859_1);
    for (int round = 0; round < 12; round++) {
      for (int i = 0; i < good.length; i++) {
        byte[] bad = good.clone();
        bad[i] = (byte) random.nextInt();
        Path file = file(new String(bad, StandardCharsets.ISO_8859_1));
        assertThatCode(
                () -> {
                  try (Checkpoint c = Checkpoint.open(file)) {
                    c.fingerprint();
                  } catch (InputException e) {
                    // Refused: as it should be.
                  }
                })
            .as("byte " + i + " as " + bad[i])
            .doesNotThrowAnyException();
      }
    }
  }
}
