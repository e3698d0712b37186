package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.finding.Section;
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
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of this process: memory, order, failures, cancellation. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LocalEngineTest {
  private record Settings() implements Serializable {}

  private record Done(String label) implements Serializable {}

  /** An analysis whose measuring is whatever a test wants. */
  private record Made(Consumer<Task<Nothing>> measuring)
      implements Instrument<Settings, Nothing, Done> {
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
      return Choices.none(made -> new Settings());
    }

    @Override
    public Class<Done> resultType() {
      return Done.class;
    }

    @Override
    public List<Task<Nothing>> tasks(Work work, Settings settings) {
      return List.of();
    }

    @Override
    public Done measure(Work work, Settings settings, Task<Nothing> task) {
      measuring.accept(task);
      return new Done(task.label());
    }

    @Override
    public Section conclude(Settings settings, List<Done> results) {
      throw new UnsupportedOperationException();
    }
  }

  private static Job<Settings, Nothing, Done> job(Consumer<Task<Nothing>> measuring) {
    return new Job<>(new Made(measuring), List.of(), new Settings(), 1, 100, "none");
  }

  private static Task<Nothing> task(String label, double work, long bytes) {
    return Task.of(label, Place.MODEL, work, bytes, new Nothing());
  }

  private static Task<Nothing> wide(String label, double work, int nativeThreads) {
    return new Task<>(label, Place.MODEL, work, 1, nativeThreads, new Nothing());
  }

  private static List<Task<Nothing>> tasks(int count, long bytes) {
    List<Task<Nothing>> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(task("p" + i, 1, bytes));
    }
    return tasks;
  }

  private static List<String> run(
      int threads, long memory, List<Task<Nothing>> tasks, Consumer<Task<Nothing>> measuring) {
    List<String> results = Collections.synchronizedList(new ArrayList<>());
    try (LocalEngine engine = new LocalEngine(threads, memory, new Workshop())) {
      engine.measure(job(measuring), tasks, (task, result) -> results.add(result.label()));
    }
    return results;
  }

  /** Counts what is under way. */
  private static final class Gauge implements Consumer<Task<Nothing>> {
    private final long memory;
    private long held;
    private int running;
    private int most;
    private String broken = "";

    Gauge(long memory) {
      this.memory = memory;
    }

    @Override
    public void accept(Task<Nothing> task) {
      change(task.bytes(), 1);
      LockSupport.parkNanos(200_000);
      change(-task.bytes(), -1);
    }

    private synchronized void change(long bytes, int tasks) {
      held += bytes;
      running += tasks;
      most = Math.max(most, running);
      if (held > memory && running > 1) {
        broken = held + " bytes in " + running + " pieces";
      }
    }
  }

  @Test
  void piecesUnderWayNeverTakeMoreThanTheBudgetUnlessOneRunsAlone() {
    Random random = new Random(3);
    List<Task<Nothing>> tasks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      // One in twenty is larger than the budget by itself, and some are enormous.
      long bytes = random.nextInt(20) == 0 ? 101L << random.nextInt(57) : random.nextInt(70);
      tasks.add(task("p" + i, 1 + random.nextInt(5), 1 + bytes));
    }
    Gauge gauge = new Gauge(100);
    List<String> results = run(6, 100, tasks, gauge);
    assertThat(gauge.broken).isEmpty();
    // That two go side by side where they can is shown below.
    assertThat(gauge.most).isBetween(1, 6);
    assertThat(results)
        .containsExactlyInAnyOrderElementsOf(tasks.stream().map(Task::label).toList());
  }

  @Test
  void neverMoreAtOnceThanThreads() {
    Gauge gauge = new Gauge(Long.MAX_VALUE);
    run(3, Long.MAX_VALUE, tasks(60, 1), gauge);
    assertThat(gauge.most).isBetween(1, 3);
  }

  @Test
  void twoThatFitRunTogether() {
    CyclicBarrier both = new CyclicBarrier(2);
    List<String> results =
        run(
            2,
            100,
            tasks(2, 50),
            task -> {
              try {
                both.await(5, TimeUnit.MINUTES);
              } catch (Exception e) {
                throw new IllegalStateException("it was alone", e);
              }
            });
    assertThat(results).hasSize(2);
  }

  @Test
  void twoThatDoNotFitRunOneAfterTheOther() {
    Gauge gauge = new Gauge(100);
    run(2, 100, tasks(20, 51), gauge);
    assertThat(gauge.most).isEqualTo(1);
  }

  @Test
  void aSmallOneGoesBeforeALargeOneThatDoesNotFitYet() {
    CountDownLatch small = new CountDownLatch(1);
    List<String> begun = Collections.synchronizedList(new ArrayList<>());
    run(
        2,
        100,
        List.of(task("a", 9, 60), task("b", 8, 60), task("c", 1, 40)),
        task -> {
          begun.add(task.label());
          if (task.label().equals("c")) {
            small.countDown();
          } else if (task.label().equals("a")) {
            await(small);
          }
        });
    // Two threads begin the first two at once.
    assertThat(begun).containsExactlyInAnyOrder("a", "b", "c").endsWith("b");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new CancellationException("told to stop");
    }
  }

  @Test
  void theMostExpensiveStartsFirstAndEqualOnesInPlanOrder() {
    List<Task<Nothing>> tasks =
        List.of(task("a", 1, 1), task("b", 5, 1), task("c", 1, 1), task("d", 7, 1));
    List<String> order = new ArrayList<>();
    run(1, 10, tasks, task -> order.add(task.label()));
    assertThat(order).containsExactly("d", "b", "a", "c");
  }

  @Test
  void resultsAreHandedOverOneAtATime() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger handed = new AtomicInteger();
    try (LocalEngine engine = new LocalEngine(8, 1000, new Workshop())) {
      engine.measure(
          job(task -> {}),
          tasks(200, 1),
          (task, result) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            LockSupport.parkNanos(50_000);
            assertThat(result.label()).isEqualTo(task.label());
            handed.incrementAndGet();
            inside.decrementAndGet();
          });
    }
    assertThat(most).hasValue(1);
    assertThat(handed).hasValue(200);
  }

  @Test
  void theFirstFailureStopsTheRestAndIsThrownItself() {
    for (Throwable failure :
        List.of(
            new IllegalStateException("broken"),
            new OutOfMemoryError("no more"),
            new CancellationException("stopped"))) {
      AtomicInteger measured = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  run(
                      1,
                      100,
                      tasks(50, 1),
                      task -> {
                        if (measured.incrementAndGet() == 4) {
                          throwIt(failure);
                        }
                      }))
          .isSameAs(failure);
      assertThat(measured).hasValue(4);
    }
  }

  private static void throwIt(Throwable failure) {
    if (failure instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) failure;
  }

  @Test
  void laterFailuresAreKeptBesideTheFirst() {
    CyclicBarrier both = new CyclicBarrier(2);
    Throwable thrown =
        org.assertj.core.api.Assertions.catchThrowable(
            () ->
                run(
                    2,
                    100,
                    tasks(2, 1),
                    task -> {
                      try {
                        both.await(5, TimeUnit.MINUTES);
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                      throw new IllegalStateException(task.label());
                    }));
    assertThat(thrown).isInstanceOf(IllegalStateException.class);
    assertThat(thrown.getSuppressed()).hasSize(1);
    assertThat(List.of(thrown.getMessage(), thrown.getSuppressed()[0].getMessage()))
        .containsExactlyInAnyOrder("p0", "p1");
  }

  @Test
  void aResultThatCannotBeStoredStopsTheRest() {
    IllegalStateException full = new IllegalStateException("the disk is full");
    AtomicInteger measured = new AtomicInteger();
    try (LocalEngine engine = new LocalEngine(1, 100, new Workshop())) {
      assertThatThrownBy(
              () ->
                  engine.measure(
                      job(task -> measured.incrementAndGet()),
                      tasks(50, 1),
                      (task, result) -> {
                        throw full;
                      }))
          .isSameAs(full);
    }
    assertThat(measured).hasValue(1);
  }

  @Test
  void aFailureWakesThoseThatWaitForMemory() {
    IllegalStateException failure = new IllegalStateException("broken");
    CountDownLatch begun = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                run(
                    4,
                    100,
                    tasks(8, 100),
                    task -> {
                      begun.countDown();
                      LockSupport.parkNanos(20_000_000);
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(begun.getCount()).isZero();
  }

  @Test
  void anInterruptedCallerStopsTheWorkersAndIsToldSo() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger measured = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                run(
                    2,
                    100,
                    tasks(50, 1),
                    task -> {
                      measured.incrementAndGet();
                      begun.countDown();
                      await(never);
                    });
              } catch (Throwable t) {
                thrown.set(t);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    caller.interrupt();
    // For ever where it waits for pieces that do not know.
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class).hasMessage("interrupted");
    assertThat(measured).hasValue(2);
    assertThat(flag.get()).as("the interruption is not swallowed").isTrue();
  }

  @Test
  void withoutPiecesItReturnsAtOnce() {
    assertThat(run(4, 100, List.of(), task -> {})).isEmpty();
  }

  @Test
  void nativeThreadsCount() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Task<Nothing>> tasks = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      // Some take more threads than there are, and run alone.
      tasks.add(wide("w" + i, 1 + i % 7, 1 + i % 5));
    }
    List<String> done =
        run(
            3,
            Long.MAX_VALUE,
            tasks,
            task -> {
              int busy = now.addAndGet(task.nativeThreads());
              if (busy > task.nativeThreads()) {
                most.accumulateAndGet(busy, Math::max);
              }
              LockSupport.parkNanos(200_000);
              now.addAndGet(-task.nativeThreads());
            });
    assertThat(done).hasSize(40);
    assertThat(most.get()).isBetween(2, 3);
  }

  @Test
  void severalInstrumentsShareThreadsAndMemory() throws InterruptedException {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    try (LocalEngine engine = new LocalEngine(2, 2, new Workshop())) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 5; caller++) {
        Thread t =
            new Thread(
                () ->
                    engine.measure(
                        job(
                            task -> {
                              most.accumulateAndGet(now.incrementAndGet(), Math::max);
                              Thread.onSpinWait();
                              now.decrementAndGet();
                            }),
                        tasks(20, 1),
                        (task, result) -> done.add(task.label())));
        callers.add(t);
        t.start();
      }
      for (Thread t : callers) {
        t.join();
      }
    }
    assertThat(done).hasSize(100);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void closingGivesUpWhatWaits() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    LocalEngine engine = new LocalEngine(1, 100, new Workshop());
    Thread caller =
        new Thread(
            () -> {
              try {
                engine.measure(
                    job(
                        task -> {
                          started.countDown();
                          try {
                            go.await();
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        }),
                    tasks(3, 1),
                    (task, result) -> {});
              } catch (CancellationException e) {
                thrown.set(e);
              }
            });
    caller.start();
    started.await();
    engine.close();
    go.countDown();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
  }
}
