package dev.orograph.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InputExceptionTest {
  private static InputException cut() {
    return InputException.at(Path.of("/models/x/model-00002.safetensors"))
        .place("'layers.0.k_proj'")
        .expected("ends at byte 90,864,192")
        .found("the file has 1,835,008")
        .remedy("download it again")
        .build();
  }

  @Test
  void messageIsOneLineWithFilePlaceExpectedFoundRemedy() {
    assertThat(cut())
        .hasMessage(
            "model-00002.safetensors: 'layers.0.k_proj' ends at byte 90,864,192"
                + " but the file has 1,835,008: download it again");
    assertThat(cut().file()).isEqualTo(Path.of("/models/x/model-00002.safetensors"));
    assertThat(cut().place()).isEqualTo("'layers.0.k_proj'");
    assertThat(cut().expected()).isEqualTo("ends at byte 90,864,192");
    assertThat(cut().found()).isEqualTo("the file has 1,835,008");
    assertThat(cut().remedy()).isEqualTo("download it again");
  }

  @Test
  void partsThatAreNotGivenAreLeftOut() {
    assertThat(InputException.at(Path.of("a")).found("is empty").build()).hasMessage("a: is empty");
    assertThat(InputException.at(Path.of("a")).expected("does not exist").build())
        .hasMessage("a: does not exist");
    assertThat(InputException.at(Path.of("/")).found("is odd").build()).hasMessage("/: is odd");
  }

  @Test
  void hostileNamesAreEscapedAndShortenedInTheMessageOnly() {
    String place = "a\u001b[2Jb\n" + "x".repeat(5000);
    InputException e = InputException.at(Path.of("a\u001bb")).place(place).found("is long").build();
    assertThat(e.getMessage())
        .startsWith("a\\u001bb: a\\u001b[2Jb\\nxx")
        .contains("...")
        .endsWith(" is long")
        .hasSizeLessThan(400);
    assertThat(e.toString()).doesNotContain("\u001b", "\n");
    assertThat(e.place()).isEqualTo(place);
  }

  @Test
  void failuresOfTheSystemSayWhatToDo() {
    Path file = Path.of("/models/x");
    assertThat(InputException.unreadable(file, new NoSuchFileException("/models/x")))
        .hasMessage("x: does not exist: check the path /models/x");
    assertThat(InputException.unreadable(file, new AccessDeniedException("/models/x")))
        .hasMessage("x: may not be read: check its permissions");
    assertThat(InputException.unreadable(file, new IOException("Input/output error")))
        .isInstanceOf(InputException.class)
        .hasMessage("x: cannot be read but the system says: Input/output error");
  }

  @Test
  void whatCannotBeWrittenIsToldAsThat() {
    assertThat(InputException.unwritable(Path.of("x"), new IOException("No space left on device")))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "x: cannot be written but the system says: No space left on device: make room there, or"
                + " choose another folder, and run the same command again");
    assertThat(InputException.unwritable(Path.of("x"), new AccessDeniedException("x")))
        .hasMessage("x: may not be written: check its permissions");
    assertThat(InputException.unwritable(Path.of("x"), new NoSuchFileException("/gone/x")))
        .hasMessage(
            "x: cannot be written, since there is no such folder: make it, or choose another one");
    assertThat(InputException.unwritable(Path.of("x"), new ClosedByInterruptException()))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void anInterruptedThreadIsNoFaultOfTheFile() {
    assertThat(InputException.unreadable(Path.of("x"), new ClosedByInterruptException()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("interrupted while reading x");
  }

  @Test
  void travelsToAnotherJvm() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(cut());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      InputException back = (InputException) in.readObject();
      assertThat(back).hasMessage(cut().getMessage());
      assertThat(back.file()).isEqualTo(cut().file());
    }
  }
}
