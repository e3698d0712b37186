package dev.orograph.finding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  @ParameterizedTest
  @CsvSource({
    "NaN, undefined, undefined",
    "Infinity, infinite, infinite",
    "-Infinity, minus infinite, minus infinite",
    "0.12345, 0.1235, 12.35 %"
  })
  void whatIsNoNumberIsAWord(double value, String number, String percent) {
    assertThat(Spelling.number(value)).isEqualTo(number);
    assertThat(Spelling.percent(value)).isEqualTo(percent);
  }

  /** A mean has as many decimals as its deviation tells anything of, and never those of noise. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-7.013e-5; .002737; -0.0001 ± 0.0027",
        "-5.5e-5; .01102; 0.000 ± 0.011",
        "24.6183; .3512; 24.62 ± 0.35",
        "96.2; 62.04; 96 ± 62",
        "1203.4; 180; 1,203 ± 180",
        "12345.678; .00123; 12,345.7 ± 0.0012",
        "0.5; .0000123; 0.50000 ± 0.000012",
        "0.5; 0; 0.5 ± 0",
        "3; 1e-9; 3 ± 1.000e-09",
        "0.25; ; 0.25"
      })
  void aMeanGoesAsFarAsItsDeviation(double mean, Double deviation, String text) {
    assertThat(Spelling.spread(mean, deviation)).isEqualTo(text);
  }
}
