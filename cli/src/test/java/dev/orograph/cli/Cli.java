package dev.orograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs the command line: as a process of its own, or inside this one where no process matters. */
final class Cli {
  /** Longer than any command of these tests takes on a machine that is busy with others. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  /** The Java that runs the tests. */
  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** No line of progress comes from a machine that is slow. */
  private static final long NEVER = Duration.ofDays(1).toMillis();

  /** No text or number of the program may depend on these; drawn anew by every test run. */
  private static final Locale LOCALE;

  private static final String ZONE;

  static {
    System.setProperty(Bar.EVERY, Long.toString(NEVER));
    Random random = new Random();
    List<String> locales = List.of("ar-EG", "en-US");
    List<String> zones = List.of("UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "America/St_Johns");
    LOCALE =
        Locale.forLanguageTag(
            System.getProperty("orograph.locale", locales.get(random.nextInt(locales.size()))));
    ZONE = System.getProperty("orograph.zone", zones.get(random.nextInt(zones.size())));
    Locale.setDefault(LOCALE);
    TimeZone.setDefault(TimeZone.getTimeZone(ZONE));
    System.out.println(
        "these tests: -Dorograph.locale=" + LOCALE.toLanguageTag() + " -Dorograph.zone=" + ZONE);
  }

  private Cli() {}

  /**
   * What a command left behind.
   *
   * @param exit exit code; above 128 the signal that killed it
   * @param out standard output
   * @param err standard error
   */
  record Outcome(int exit, String out, String err) {
    /** The lines of standard error that hold anything. */
    List<String> errors() {
      return err.lines().filter(l -> !l.isBlank()).toList();
    }

    /** Asserts the exit code, showing what was said where it is another. */
    Outcome exits(int code) {
      assertThat(exit).as("exit code of a command that said:%n%s%n%s", out, err).isEqualTo(code);
      return this;
    }

    /** Asserts that this is a fault of the input, told in one line, and returns the line. */
    String fault() {
      exits(Main.INPUT);
      assertThat(errors()).as("lines on standard error").hasSize(1);
      assertThat(errors().get(0)).startsWith("orograph: ").doesNotContain("fault of this program");
      return errors().get(0);
    }
  }

  /** A command under way. */
  static final class Running implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private Running(Process process, Path out, Path err) {
      this.process = process;
      this.out = out;
      this.err = err;
    }

    Process process() {
      return process;
    }

    /** What it has said on standard output until now. */
    String said() {
      return read(out);
    }

    /** Sends a signal by its name. */
    void signal(String name) {
      try {
        Process kill =
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start();
        assertThat(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).as("kill -%s", name).isZero();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Kills it as kill -9 does and waits for its end. */
    Outcome kill() {
      process.destroyForcibly();
      return await();
    }

    /** Waits for its end, within the limit. */
    Outcome await() {
      try {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError("no end within " + LIMIT + ": " + read(out) + read(err));
        }
        return new Outcome(process.exitValue(), read(out), read(err));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Runs a command as a process in that folder and waits for it. */
  static Outcome run(Path folder, Object... args) {
    try (Running running = start(folder, args)) {
      return running.await();
    }
  }

  /** Starts a command as a process in that folder. */
  static Running start(Path folder, Object... args) {
    return start(List.of(), folder, args);
  }

  /** The same with a command in front that runs it. */
  static Running start(List<String> before, Path folder, Object... args) {
    return start(before, NEVER, folder, List.of(Main.class.getName()), args);
  }

  /**
   * Starts a command that {@linkplain Held stands still} after so many pieces.
   *
   * @param hold an empty folder, through which it is told to go on
   */
  static Running hold(List<String> before, Path hold, int pieces, Path folder, Object... args) {
    List<String> held = List.of(Held.class.getName(), hold.toString(), Integer.toString(pieces));
    return start(before, 0, folder, held, args);
  }

  /** Waits until it stands. */
  static void stands(Running running, Path hold) {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (Files.notExists(hold.resolve(Held.STANDS))) {
      assertThat(running.process().isAlive()).as("it has not ended before").isTrue();
      assertThat(System.nanoTime()).as("it never stands").isLessThan(limit);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static Running start(
      List<String> before, long every, Path folder, List<String> main, Object... args) {
    List<String> line = new ArrayList<>(before);
    line.add(JAVA);
    line.addAll(Started.OPTIONS);
    line.add("-D" + Bar.EVERY + "=" + every);
    line.add("-Duser.language=" + LOCALE.getLanguage());
    line.add("-Duser.country=" + LOCALE.getCountry());
    line.add("-Duser.timezone=" + ZONE);
    line.addAll(main);
    Arrays.stream(args).map(Object::toString).forEach(line::add);
    try {
      Path out = Files.createTempFile("orograph", ".out");
      Path err = Files.createTempFile("orograph", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      // These make every Java say so on standard error.
      builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
      return new Running(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command inside this process. */
  static Outcome inside(Object... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    try {
      int exit = Main.run(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
      return new Outcome(
          exit, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /**
   * The same for a command that may wait for ever, such as for a pipe's other end: it has the
   * limit.
   */
  static Outcome insideInTime(Object... args) {
    return assertTimeoutPreemptively(LIMIT, () -> inside(args));
  }

  /** The class path of these tests. */
  static String classPath() {
    // Surefire may start its Java with one jar that only names the others.
    String real = System.getProperty("surefire.test.class.path");
    return real == null ? System.getProperty("java.class.path") : real;
  }
}
