package dev.orograph.instrument;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another process that is sent settings, pieces and results, plans and measures by itself, and
 * sends everything back: what an engine on other machines does.
 */
public final class SecondJvm {
  /** More or fewer than any machine that runs the tests is likely to have. */
  private static final int PROCESSORS = 7;

  private SecondJvm() {}

  /** What is sent. */
  record Task(
      String instrument,
      String checkpoint,
      List<Subject> subjects,
      Serializable settings,
      List<Serializable> pieces,
      List<Serializable> results,
      List<Integer> measure,
      String folder)
      implements Serializable {}

  /** What comes back. */
  record Answer(
      int processors,
      Serializable settings,
      List<Serializable> pieces,
      List<Serializable> results,
      List<Serializable> planned,
      List<Serializable> measured)
      implements Serializable {}

  /** Reads a task from the first file and writes the answer to the second. */
  public static void main(String[] args) throws Exception {
    Task task;
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(Path.of(args[0])))) {
      task = (Task) in.readObject();
    }
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(Path.of(args[1])))) {
      out.writeObject(answer(Instruments.find(task.instrument()).orElseThrow(), task));
    }
  }

  @SuppressWarnings("unchecked") // the task was made for this instrument
  private static <
          S extends Record & Serializable,
          U extends Record & Piece & Serializable,
          R extends Record & Serializable>
      Answer answer(Instrument<S, U, R> instrument, Task task) {
    S settings = (S) task.settings();
    try (OneModel context =
        new OneModel(
            Path.of(task.checkpoint()),
            task.instrument(),
            Path.of(task.folder()),
            OneModel.AMPLE)) {
      List<Serializable> planned =
          new ArrayList<>(instrument.plan(context, task.subjects(), settings, List.of()));
      List<Serializable> measured = new ArrayList<>();
      for (int i : task.measure()) {
        measured.add(
            instrument.measure(context, task.subjects(), settings, (U) task.pieces().get(i)));
      }
      return new Answer(
          Runtime.getRuntime().availableProcessors(),
          task.settings(),
          task.pieces(),
          task.results(),
          planned,
          measured);
    }
  }

  /** Has a task done by another process with another number of processors. */
  static Answer send(Task task, Path folder)
      throws IOException, ClassNotFoundException, InterruptedException {
    Path question = folder.resolve("task");
    Path answer = folder.resolve("answer");
    Path log = folder.resolve("log");
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(question))) {
      out.writeObject(task);
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=" + PROCESSORS,
                "-Xmx512m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SecondJvm.class.getName(),
                question.toString(),
                answer.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError("the second process failed: " + Files.readString(log));
      }
    } finally {
      process.destroyForcibly();
    }
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(answer))) {
      Answer a = (Answer) in.readObject();
      if (a.processors() != PROCESSORS) {
        throw new AssertionError("it had " + a.processors() + " processors");
      }
      return a;
    }
  }
}
