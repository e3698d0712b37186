package dev.orograph.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Native memory is given back when a scope closes, not when a collector comes along. */
class NativeMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Every decomposition below holds about 160 KB: 2,000 that are kept would be 320 MB. */
  private static final int SIDE = 100;

  /** Room for the allocator and the Java heap to settle. */
  private static final long SETTLING = 200L << 20;

  @Test
  void twoThousandDecompositionsLeaveNothing() throws IOException {
    assumeTrue(
        Files.isReadable(STATUS), "left out: no /proc/self/status to read the resident size from");
    Entries usual = Entries.of(SIDE, SIDE, Plain.gaussian(SIDE, SIDE, 1));
    double[] s = new double[SIDE];
    s[0] = 1;
    Entries direct = Entries.of(SIDE, SIDE, Plain.known(SIDE, SIDE, s, 5, 1));
    decompose(usual, direct, 500);
    long before = anonymous();
    long pointers = Pointer.totalBytes();
    decompose(usual, direct, 2000);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(pointers);
    assertThat(anonymous() - before).isLessThan(SETTLING);
  }

  @Test
  void aScopeThatClosesAfterAFailureGivesBackToo() {
    double[] w = Plain.gaussian(50, 50, 1);
    w[17] = Double.NaN;
    assertThatThrownBy(() -> SingularValues.of(Entries.of(50, 50, w), 1))
        .isInstanceOf(ArithmeticException.class);
    long before = Pointer.totalBytes();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> SingularValues.of(Entries.of(50, 50, w), 1))
          .isInstanceOf(ArithmeticException.class);
    }
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
  }

  @Test
  void aMatrixStartsAtZeroAndChecksItsIndices() {
    try (Scope scope = new Scope()) {
      Matrix m = scope.matrix(3, 2);
      assertThat(m.get(2, 1)).isZero();
      m.set(2, 1, 5);
      m.put(0, 0, new double[] {9, 1, 2, 3}, 1, 3);
      assertThat(new double[] {m.get(0, 0), m.get(1, 0), m.get(2, 0), m.get(0, 1), m.get(2, 1)})
          .containsExactly(1, 2, 3, 0, 5);
      assertThatThrownBy(() -> m.get(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> m.set(0, 2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> m.put(1, 1, new double[3], 0, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aBufferHasALimit() {
    try (Scope scope = new Scope()) {
      assertThat(scope.shorts(3).capacity()).isEqualTo(3);
      assertThat(scope.ints(5).capacity()).isEqualTo(5);
      assertThatThrownBy(() -> scope.shorts(1L << 30))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a buffer holds at most");
    }
  }

  private static void decompose(Entries usual, Entries direct, int times) {
    for (int i = 0; i < times; i++) {
      SingularValues s = SingularValues.of(i % 10 == 0 ? direct : usual, 1);
      assertThat(s.direct()).isEqualTo(i % 10 == 0);
    }
  }

  private static long anonymous() throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("RssAnon:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("no RssAnon in " + STATUS);
  }

  /** Takes far more than the heap of the process may grow to. */
  public static void main(String[] args) {
    try (Scope scope = new Scope()) {
      System.out.println("taken " + scope.matrix(5000, 5000).rows());
    }
  }

  @Test
  void theHeapDoesNotLimitNativeMemory() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                NativeMemoryTest.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("taken 5000");
  }
}
