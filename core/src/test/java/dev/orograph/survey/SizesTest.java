package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as people write them. */
class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "1,1",
    "999999999999,999999999999",
    "1k,1024",
    "4g,4294967296",
    "4G,4294967296",
    "4gb,4294967296",
    "4GiB,4294967296",
    "' 512 m ',536870912",
    "2t,2199023255552",
    "8388607t,9223370937343148032",
    "12b,12"
  })
  void parses(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "g",
        "0",
        "0g",
        "-1",
        "-1g",
        "1.5g",
        "1e3",
        "4gg",
        "4 g b",
        "4x",
        "g4",
        "0x10",
        "1,000",
        "\u0664g",
        "8388608t",
        "999999999999t",
        "9999999999999",
        "abc",
        "4g\n4g"
      })
  void refusesWithTheTextInTheMessage(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is ");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 bytes",
    "1023,1023 bytes",
    "1024,1.0 KiB",
    "1536,1.5 KiB",
    "1048524,1023.9 KiB",
    "1048575,1.0 MiB",
    "1048576,1.0 MiB",
    "4294967296,4.0 GiB",
    "1125899906842624,1024.0 TiB"
  })
  void showsBytes(long bytes, String text) {
    assertThat(Sizes.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "9999,9999",
    "10000,10 k",
    "999499,999 k",
    "999500,1.0 M",
    "999949999,999.9 M",
    "999999,1.0 M",
    "1000000,1.0 M",
    "60506624,60.5 M",
    "999999999,1.0 B",
    "11135332352,11.1 B"
  })
  void showsParameters(long count, String text) {
    assertThat(Sizes.parameters(count)).isEqualTo(text);
  }
}
