package dev.orograph.survey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.finding.Section;
import dev.orograph.instrument.Applicability;
import dev.orograph.instrument.Card;
import dev.orograph.instrument.Context;
import dev.orograph.instrument.Instrument;
import dev.orograph.instrument.Options;
import dev.orograph.instrument.Piece;
import dev.orograph.instrument.Subject;
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

  private record Work(String label, double work, long bytes) implements Piece, Serializable {
    @Override
    public int nativeThreads() {
      return 1;
    }
  }

  private record Done(String label) implements Serializable {}

  /** An instrument whose measuring is whatever a test wants. */
  private record Made(Consumer<Work> measuring) implements Instrument<Settings, Work, Done> {
    @Override
    public Card card() {
      return new Card(
          "made", "Made", "piece", Card.Arity.ONE, "", "", "", "", "", List.<String>of());
    }

    @Override
    public Settings settings(Options options) {
      return new Settings();
    }

    @Override
    public Class<Done> resultType() {
      return Done.class;
    }

    @Override
    public Applicability applies(Context c, List<Subject> subjects, Settings settings) {
      return Applicability.applies();
    }

    @Override
    public List<Work> plan(Context c, List<Subject> s, Settings settings, List<Done> before) {
      return List.of();
    }

    @Override
    public Done measure(Context c, List<Subject> subjects, Settings settings, Work piece) {
      measuring.accept(piece);
      return new Done(piece.label());
    }

    @Override
    public Section conclude(List<Subject> subjects, Settings settings, List<Done> results) {
      throw new UnsupportedOperationException();
    }
  }

  private static List<Work> pieces(int count, long bytes) {
    List<Work> pieces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pieces.add(new Work("p" + i, 1, bytes));
    }
    return pieces;
  }

  private static List<String> run(
      int threads, long memory, List<Work> pieces, Consumer<Work> measuring) {
    List<String> results = Collections.synchronizedList(new ArrayList<>());
    try (LocalEngine engine = new LocalEngine(threads, memory)) {
      engine.measure(
          piece -> null,
          new Made(measuring),
          List.of(),
          new Settings(),
          pieces,
          (piece, result) -> results.add(result.label()));
    }
    return results;
  }

  /** Counts what is under way. */
  private static final class Gauge implements Consumer<Work> {
    private final long memory;
    private long held;
    private int running;
    private int most;
    private String broken = "";

    Gauge(long memory) {
      this.memory = memory;
    }

    @Override
    public void accept(Work piece) {
      change(piece.bytes(), 1);
      LockSupport.parkNanos(200_000);
      change(-piece.bytes(), -1);
    }

    private synchronized void change(long bytes, int pieces) {
      held += bytes;
      running += pieces;
      most = Math.max(most, running);
      if (held > memory && running > 1) {
        broken = held + " bytes in " + running + " pieces";
      }
    }
  }

  @Test
  void piecesUnderWayNeverTakeMoreThanTheBudgetUnlessOneRunsAlone() {
    Random random = new Random(3);
    List<Work> pieces = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      // One in twenty is larger than the budget by itself, and some are enormous.
      long bytes = random.nextInt(20) == 0 ? 101L << random.nextInt(57) : random.nextInt(70);
      pieces.add(new Work("p" + i, random.nextInt(5), bytes));
    }
    Gauge gauge = new Gauge(100);
    List<String> results = run(6, 100, pieces, gauge);
    assertThat(gauge.broken).isEmpty();
    // That two go side by side where they can is shown below.
    assertThat(gauge.most).isBetween(1, 6);
    assertThat(results)
        .containsExactlyInAnyOrderElementsOf(pieces.stream().map(Work::label).toList());
  }

  @Test
  void neverMoreAtOnceThanThreads() {
    Gauge gauge = new Gauge(Long.MAX_VALUE);
    run(3, Long.MAX_VALUE, pieces(60, 1), gauge);
    assertThat(gauge.most).isBetween(1, 3);
  }

  @Test
  void twoThatFitRunTogether() {
    CyclicBarrier both = new CyclicBarrier(2);
    List<String> results =
        run(
            2,
            100,
            pieces(2, 50),
            piece -> {
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
    run(2, 100, pieces(20, 51), gauge);
    assertThat(gauge.most).isEqualTo(1);
  }

  @Test
  void aSmallOneGoesBeforeALargeOneThatDoesNotFitYet() {
    CountDownLatch small = new CountDownLatch(1);
    List<String> begun = Collections.synchronizedList(new ArrayList<>());
    run(
        2,
        100,
        List.of(new Work("a", 9, 60), new Work("b", 8, 60), new Work("c", 1, 40)),
        piece -> {
          begun.add(piece.label());
          if (piece.label().equals("c")) {
            small.countDown();
          } else if (piece.label().equals("a")) {
            await(small);
          }
        });
    assertThat(begun).containsExactly("a", "c", "b");
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
    List<Work> pieces =
        List.of(new Work("a", 1, 1), new Work("b", 5, 1), new Work("c", 1, 1), new Work("d", 7, 1));
    List<String> order = new ArrayList<>();
    run(1, 10, pieces, piece -> order.add(piece.label()));
    assertThat(order).containsExactly("d", "b", "a", "c");
  }

  @Test
  void resultsAreHandedOverOneAtATime() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger handed = new AtomicInteger();
    try (LocalEngine engine = new LocalEngine(8, 1000)) {
      engine.measure(
          piece -> null,
          new Made(piece -> {}),
          List.of(),
          new Settings(),
          pieces(200, 1),
          (piece, result) -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            LockSupport.parkNanos(50_000);
            assertThat(result.label()).isEqualTo(piece.label());
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
                      pieces(50, 1),
                      piece -> {
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
                    pieces(2, 1),
                    piece -> {
                      try {
                        both.await(5, TimeUnit.MINUTES);
                      } catch (Exception e) {
                        throw new AssertionError(e);
                      }
                      throw new IllegalStateException(piece.label());
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
    try (LocalEngine engine = new LocalEngine(1, 100)) {
      assertThatThrownBy(
              () ->
                  engine.measure(
                      piece -> null,
                      new Made(piece -> measured.incrementAndGet()),
                      List.of(),
                      new Settings(),
                      pieces(50, 1),
                      (piece, result) -> {
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
                    pieces(8, 100),
                    piece -> {
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
                    pieces(50, 1),
                    piece -> {
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
    assertThat(run(4, 100, List.of(), piece -> {})).isEmpty();
  }

  @Test
  void everyPieceHasAContextOfItsOwn() {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    try (LocalEngine engine = new LocalEngine(3, 100)) {
      engine.measure(
          piece -> {
            asked.add(piece.label());
            return null;
          },
          new Made(piece -> {}),
          List.of(),
          new Settings(),
          pieces(30, 1),
          (piece, result) -> {});
    }
    assertThat(asked)
        .containsExactlyInAnyOrderElementsOf(pieces(30, 1).stream().map(Work::label).toList());
  }

  @Test
  void severalInstrumentsShareThreadsAndMemory() throws InterruptedException {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    try (LocalEngine engine = new LocalEngine(2, 2)) {
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 5; caller++) {
        Thread t =
            new Thread(
                () ->
                    engine.measure(
                        piece -> null,
                        new Made(
                            piece -> {
                              most.accumulateAndGet(now.incrementAndGet(), Math::max);
                              Thread.onSpinWait();
                              now.decrementAndGet();
                            }),
                        List.of(),
                        new Settings(),
                        pieces(20, 1),
                        (piece, result) -> done.add(piece.label())));
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
    LocalEngine engine = new LocalEngine(1, 100);
    Thread caller =
        new Thread(
            () -> {
              try {
                engine.measure(
                    piece -> null,
                    new Made(
                        piece -> {
                          started.countDown();
                          try {
                            go.await();
                          } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                          }
                        }),
                    List.of(),
                    new Settings(),
                    pieces(3, 1),
                    (piece, result) -> {});
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
