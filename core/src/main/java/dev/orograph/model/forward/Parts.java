package dev.orograph.model.forward;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Pieces of native work that the thread which needs them computes, and whoever comes to help. Who
 * computed which changes no digit.
 */
final class Parts {
  private final IntFunction<Tensor> piece;
  private final Tensor[] done;
  private final AtomicInteger next = new AtomicInteger();
  private Throwable failure;
  private int helpers;
  private boolean closed;

  Parts(int count, IntFunction<Tensor> piece) {
    this.piece = piece;
    this.done = new Tensor[count];
  }

  /** Takes part until no piece is left; does nothing where they are done already. */
  void help() {
    synchronized (this) {
      if (closed) {
        return;
      }
      helpers++;
    }
    try {
      work();
    } finally {
      synchronized (this) {
        helpers--;
        notifyAll();
      }
    }
  }

  @SuppressWarnings("try") // the scope frees what is made inside it
  private void work() {
    try {
      for (int i = next.getAndIncrement(); i < done.length; i = next.getAndIncrement()) {
        try (PointerScope scope = new PointerScope()) {
          done[i] = Torch.keep(piece.apply(i));
        }
      }
    } catch (RuntimeException | Error e) {
      next.set(done.length);
      synchronized (this) {
        failure = e;
      }
    }
  }

  /** Computes what nobody else does and waits for the rest; results live in the caller's scope. */
  Tensor[] all() {
    work();
    boolean interrupted = false;
    synchronized (this) {
      closed = true;
      while (helpers > 0) { // they read weights that the caller may free
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (Tensor t : done) {
      if (t != null) {
        Torch.given(t);
      }
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    return done;
  }
}
