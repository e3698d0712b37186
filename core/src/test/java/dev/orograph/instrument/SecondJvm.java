package dev.orograph.instrument;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Another process, with another number of processors, that is sent jobs, tasks and results, plans
 * and measures by itself, and sends everything back: what an engine on other machines does.
 */
public final class SecondJvm implements AutoCloseable {
  /** More or fewer than any machine that runs the tests is likely to have. */
  private static final int PROCESSORS = 7;

  private static final String DONE = "done";

  private final Process process;
  private final Path folder;
  private final BufferedReader answers;
  private final BufferedWriter questions;

  /** Starts it; what it says of itself goes into that folder. */
  SecondJvm(Path folder) throws IOException {
    this.folder = folder;
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=" + PROCESSORS,
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SecondJvm.class.getName(),
                folder.resolve("task").toString(),
                folder.resolve("answer").toString())
            .redirectError(folder.resolve("log").toFile())
            .start();
    answers = process.inputReader();
    questions = process.outputWriter();
  }

  /** What is sent: nothing that is open, nothing that only this process has. */
  record Order(
      Job<?, ?, ?> job, List<Serializable> tasks, List<Serializable> results, List<Integer> measure)
      implements Serializable {}

  /** What comes back. */
  record Answer(
      int processors,
      Serializable settings,
      List<Serializable> tasks,
      List<Serializable> results,
      List<Serializable> planned,
      List<Serializable> measured)
      implements Serializable {}

  /** For every line that comes, reads an order from one file and writes the answer to the other. */
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    while (lines.readLine() != null) {
      Order order = (Order) read(Path.of(args[0]));
      write(answer(order.job(), order), Path.of(args[1]));
      System.out.println(DONE);
    }
  }

  private static Object read(Path file) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return in.readObject();
    }
  }

  private static void write(Object message, Path file) throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(message);
    }
  }

  @SuppressWarnings("unchecked") // the order was made for this job
  private static <
          S extends Record & Serializable,
          D extends Record & Serializable,
          R extends Record & Serializable>
      Answer answer(Job<S, D, R> job, Order order) {
    try (Workshop workshop = new Workshop()) {
      List<Serializable> planned =
          new ArrayList<>(job.instrument().tasks(workshop.planning(job), job.settings()));
      List<Serializable> measured = new ArrayList<>();
      for (int i : order.measure()) {
        Task<D> task = (Task<D>) order.tasks().get(i);
        measured.add(job.instrument().measure(workshop.at(job, task), job.settings(), task));
      }
      return new Answer(
          Runtime.getRuntime().availableProcessors(),
          job.settings(),
          order.tasks(),
          order.results(),
          planned,
          measured);
    }
  }

  /** Has an order done there. */
  Answer send(Order order) throws Exception {
    write(order, folder.resolve("task"));
    questions.write("task\n");
    questions.flush();
    String line =
        CompletableFuture.supplyAsync(
                () -> {
                  try {
                    return answers.readLine();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                })
            .get(10, TimeUnit.MINUTES);
    if (!DONE.equals(line)) {
      throw new AssertionError("it ended: " + Files.readString(folder.resolve("log")));
    }
    Answer a = (Answer) read(folder.resolve("answer"));
    if (a.processors() != PROCESSORS) {
      throw new AssertionError("it had " + a.processors() + " processors");
    }
    return a;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
