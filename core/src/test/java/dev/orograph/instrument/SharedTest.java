package dev.orograph.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Made once, seen by all, and a failure is nobody's but those who waited for it. */
class SharedTest {
  private final Shared shared = new Shared();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void whoeverWaitsGetsTheSameValue() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    List<Future<Object>> asked = new ArrayList<>();
    asked.add(threads.submit(() -> shared.once("key", () -> make(made, begun, release))));
    assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
    for (int i = 0; i < 3; i++) {
      asked.add(threads.submit(() -> shared.once("key", () -> make(made, begun, release))));
    }
    assertThat(asked.get(1).isDone()).isFalse();
    release.countDown();
    Object first = asked.get(0).get(5, TimeUnit.MINUTES);
    for (Future<Object> f : asked) {
      assertThat(f.get(5, TimeUnit.MINUTES)).isSameAs(first);
    }
    assertThat(made).hasValue(1);
    assertThat(shared.<Object>once("another", () -> "other")).isEqualTo("other");
  }

  private static Object make(AtomicInteger made, CountDownLatch begun, CountDownLatch release) {
    made.incrementAndGet();
    begun.countDown();
    try {
      assertThat(release.await(5, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new Object();
  }

  @Test
  void aFailureIsNotKept() {
    for (int i = 0; i < 2; i++) {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  shared.once(
                      "key",
                      () -> {
                        throw new IllegalStateException("first");
                      }))
          .withMessage("first");
    }
    assertThat(shared.<String>once("key", () -> "second")).isEqualTo("second");
  }

  @Test
  void whatWantsToBeClosedIsClosed() {
    AtomicInteger closed = new AtomicInteger();
    AutoCloseable value = closed::incrementAndGet;
    shared.once("closeable", () -> value);
    shared.once("not", () -> "other");
    shared.close();
    shared.close();
    assertThat(closed).hasValue(1);
  }
}
