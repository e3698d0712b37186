package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.orograph.finding.Section;
import dev.orograph.input.InputException;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Choices;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Job;
import dev.orograph.instrument.Needs;
import dev.orograph.instrument.Task;
import dev.orograph.instrument.Task.Nothing;
import dev.orograph.instrument.Task.Place;
import dev.orograph.instrument.Work;
import dev.orograph.instrument.Workshop;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every engine promises. The analyses of these tests travel, as all do; what they count they
 * count in fields of this class, so that an engine under test measures within this process.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public abstract class EngineContract {
  /** Bytes that tasks may take together. */
  protected static final long MEMORY = 100;

  private static final AtomicInteger MEASURED = new AtomicInteger();
  private static final Gauge GAUGE = new Gauge();
  private static volatile CountDownLatch begun;
  private static volatile CountDownLatch go;

  /** Where the job of a test leaves what it writes. */
  @TempDir protected Path folder;

  /** The engine under test, with two threads and {@link #MEMORY}. */
  protected abstract Engine engine();

  /** What a test wants its tasks to do. */
  private enum Kind {
    COUNT,
    GAUGE,
    REFUSE,
    BREAK,
    WAIT,
    ARRAYS,
    KEEP
  }

  private record Settings(Kind kind) implements Serializable {}

  private record Found(String label, double drawn) implements Serializable {}

  private record Made() implements Instrument<Settings, Nothing, Found> {
    @Override
    public Card card() {
      return new Card("made", "Made", "task", 1, "", "", "", "", List.<String>of());
    }

    @Override
    public Needs needs() {
      return Needs.oneModel();
    }

    @Override
    public Choices<Settings> choices() {
      return Choices.none(made -> new Settings(Kind.COUNT));
    }

    @Override
    public Class<Found> resultType() {
      return Found.class;
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of();
    }

    @Override
    public Found measure(Work work, Settings settings, Task<Nothing> task) {
      MEASURED.incrementAndGet();
      try {
        act(work, settings.kind(), task);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new CancellationException("told to stop");
      }
      return new Found(task.label(), work.generator(task).random());
    }

    private static void act(Work work, Kind kind, Task<Nothing> task)
        throws IOException, InterruptedException {
      switch (kind) {
        case COUNT -> {}
        case GAUGE -> GAUGE.hold(task);
        case REFUSE ->
            throw InputException.at(Path.of("/nowhere/model.safetensors"))
                .place("'a.weight'")
                .expected("ends at byte 12")
                .found("the file has 10")
                .remedy("download it again")
                .build();
        case BREAK -> throw new IllegalStateException("broken");
        case WAIT -> {
          begun.countDown();
          assertThat(go.await(5, TimeUnit.MINUTES)).isTrue();
        }
        case ARRAYS -> Files.writeString(work.arrays().resolve("a.safetensors"), task.label());
        case KEEP -> {
          Path kept = work.keep().resolve("snapshot");
          if (!Files.exists(kept)) {
            Files.writeString(kept, "half");
            throw new IllegalStateException("killed");
          }
        }
      }
    }

    @Override
    public Section conclude(Settings settings, List<Found> results) {
      throw new UnsupportedOperationException();
    }
  }

  /** Counts what is under way. */
  private static final class Gauge {
    private long held;
    private int running;
    private int busy;
    private String broken = "";

    void hold(Task<?> task) {
      change(task, 1);
      LockSupport.parkNanos(1_000_000);
      change(task, -1);
    }

    private synchronized void change(Task<?> task, int sign) {
      held += sign * task.bytes();
      busy += sign * task.nativeThreads();
      running += sign;
      if (running > 1 && (held > MEMORY || busy > 2)) {
        broken = held + " bytes, " + busy + " threads in " + running + " tasks";
      }
    }
  }

  @BeforeEach
  void reset() {
    MEASURED.set(0);
    begun = new CountDownLatch(1);
    go = new CountDownLatch(1);
  }

  private Job<Settings, Nothing, Found> job(Kind kind) {
    return new Job<>(new Made(), List.of(), new Settings(kind), 1, MEMORY, folder.toString());
  }

  private static List<Task<Nothing>> tasks(int count) {
    List<Task<Nothing>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Some larger than the budget, some with more native threads than there are.
      long bytes = i % 10 == 9 ? 2 * MEMORY : 1 + 13L * (i % 7);
      tasks.add(new Task<>("t" + i, Place.MODEL, 1 + i % 3, bytes, 1 + i % 3, new Nothing()));
    }
    return tasks;
  }

  private static List<String> labels(int count) {
    return tasks(count).stream().map(Task::label).toList();
  }

  @Test
  void everyTaskHasItsResultAndThoseAreHandedOverOneAtATime() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<String> found = Collections.synchronizedList(new ArrayList<>());
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine = engine()) {
      engine.measure(
          job(Kind.COUNT),
          tasks(100),
          new Engine.Sink<Nothing, Found>() {
            @Override
            public void begun(Task<Nothing> task) {
              told.add(task.label());
            }

            @Override
            public void accept(Task<Nothing> task, Found result) {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              LockSupport.parkNanos(50_000);
              found.add(task.label() + "=" + result.label());
              inside.decrementAndGet();
            }
          });
      assertThat(found)
          .containsExactlyInAnyOrderElementsOf(labels(100).stream().map(l -> l + "=" + l).toList());
    }
    assertThat(most).hasValue(1);
    assertThat(MEASURED).hasValue(100);
    assertThat(told).isNotEmpty().doesNotHaveDuplicates().isSubsetOf(labels(100));
  }

  @Test
  void drawsFollowFromTheTaskAlone() {
    List<Found> all = new ArrayList<>();
    try (Engine engine = engine()) {
      engine.measure(job(Kind.COUNT), tasks(20), (task, result) -> all.add(result));
    }
    List<Found> one = new ArrayList<>();
    try (Engine engine = engine()) {
      for (Task<Nothing> task : tasks(20)) {
        engine.measure(job(Kind.COUNT), List.of(task), (t, result) -> one.add(result));
      }
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(one);
    assertThat(one).extracting(Found::drawn).doesNotHaveDuplicates();
  }

  @Test
  void memoryAndNativeThreadsStayWithinTheBudgetUnlessOneRunsAlone() {
    try (Engine engine = engine()) {
      engine.measure(job(Kind.GAUGE), tasks(60), (task, result) -> {});
    }
    assertThat(GAUGE.broken).isEmpty();
    assertThat(MEASURED).hasValue(60);
  }

  @Test
  void severalJobsAtOnceAndOneAfterTheOther() {
    List<String> found = Collections.synchronizedList(new ArrayList<>());
    try (Engine engine = engine()) {
      List<Engine.Pending> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(engine.start(job(Kind.COUNT), tasks(10), (t, result) -> found.add(t.label())));
      }
      all.forEach(Engine.Pending::await);
      assertThat(found).hasSize(40);
      engine.measure(job(Kind.COUNT), tasks(3), (t, result) -> found.add(t.label()));
    }
    assertThat(found).hasSize(43);
  }

  @Test
  void withoutTasksItReturnsAtOnce() {
    try (Engine engine = engine()) {
      engine.measure(job(Kind.BREAK), List.of(), (task, result) -> {});
    }
    assertThat(MEASURED).hasValue(0);
  }

  @Test
  void aFaultOfTheInputKeepsItsParts() {
    Throwable thrown =
        catchThrowable(
            () -> {
              try (Engine engine = engine()) {
                engine.measure(job(Kind.REFUSE), tasks(5), (task, result) -> {});
              }
            });
    assertThat(thrown).isInstanceOf(InputException.class);
    InputException fault = (InputException) thrown;
    assertThat(fault.file()).isEqualTo(Path.of("/nowhere/model.safetensors"));
    assertThat(fault.place()).contains("'a.weight'");
    assertThat(fault.expected()).isEqualTo("ends at byte 12");
    assertThat(fault.found()).isEqualTo("the file has 10");
    assertThat(fault.remedy()).contains("download it again");
  }

  @Test
  void aFailureStopsTheRestOfAllJobs() {
    try (Engine engine = engine()) {
      Engine.Pending broken =
          engine.start(job(Kind.BREAK), tasks(400), (task, result) -> assertThat(task).isNull());
      assertThatThrownBy(broken::await)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("broken");
      int measured = MEASURED.get();
      assertThat(measured).isLessThan(400);
      assertThatThrownBy(() -> engine.measure(job(Kind.COUNT), tasks(3), (task, result) -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("broken");
    }
  }

  @Test
  void aResultThatCannotBeStoredStopsTheRestAndIsThrownItself() {
    IllegalStateException full = new IllegalStateException("the disk is full");
    AtomicInteger handed = new AtomicInteger();
    try (Engine engine = engine()) {
      assertThatThrownBy(
              () ->
                  engine.measure(
                      job(Kind.COUNT),
                      tasks(50),
                      (task, result) -> {
                        handed.incrementAndGet();
                        throw full;
                      }))
          .isSameAs(full);
    }
    // Two threads may each have one in hand.
    assertThat(handed.get()).isBetween(1, 2);
  }

  @Test
  void closingGivesUpWhatWaitsAndEndsWhatIsUnderWay() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Engine engine = engine();
    Thread caller =
        new Thread(
            () ->
                thrown.set(
                    catchThrowable(
                        () -> engine.measure(job(Kind.WAIT), tasks(50), (task, result) -> {}))));
    caller.start();
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    Thread closing = new Thread(engine::close);
    closing.start();
    // For ever where closing is not heard of before the task ends, which it does here.
    LockSupport.parkNanos(100_000_000);
    go.countDown();
    caller.join();
    closing.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    assertThat(MEASURED.get()).isLessThan(50);
  }

  @Test
  void anInterruptedCallerIsToldSo() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try (Engine engine = engine()) {
                thrown.set(
                    catchThrowable(
                        () -> engine.measure(job(Kind.WAIT), tasks(50), (task, result) -> {})));
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    caller.interrupt();
    // For ever where the tasks, which wait for minutes, are not told.
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class).hasMessage("interrupted");
    assertThat(flag.get()).as("the interruption is not swallowed").isTrue();
    assertThat(MEASURED.get()).isLessThan(50);
  }

  @Test
  void arraysLieWhereTheSurveyLooksForThemWhenTheResultIsHandedOver() throws IOException {
    List<String> left = new ArrayList<>();
    try (Engine engine = engine()) {
      engine.measure(
          job(Kind.ARRAYS),
          tasks(12),
          (task, result) -> {
            Path file = Workshop.arrays(folder, task.label()).resolve("a.safetensors");
            try (Stream<Path> beside = Files.list(file.getParent())) {
              assertThat(file).hasContent(task.label());
              assertThat(beside.toList()).containsExactly(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            left.add(task.label());
          });
    }
    assertThat(left).containsExactlyInAnyOrderElementsOf(labels(12));
  }

  @Test
  void whatATaskKeepsIsThereWhenItIsMeasuredAgain() {
    List<Task<Nothing>> one = tasks(1);
    try (Engine engine = engine()) {
      assertThatThrownBy(() -> engine.measure(job(Kind.KEEP), one, (task, result) -> {}))
          .hasMessageContaining("killed");
    }
    assertThat(Workshop.keep(folder, "t0").resolve("snapshot")).hasContent("half");
    List<String> done = new ArrayList<>();
    try (Engine engine = engine()) {
      engine.measure(job(Kind.KEEP), one, (task, result) -> done.add(result.label()));
    }
    assertThat(done).containsExactly("t0");
  }
}
