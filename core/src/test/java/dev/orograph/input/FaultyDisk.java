package dev.orograph.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk that fails on purpose, for as long as this is open. */
public final class FaultyDisk implements Disk.Faults, AutoCloseable {
  private final int failing;
  private final int most;
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private FaultyDisk(int failing, int most) {
    this.failing = failing;
    this.most = most;
    Disk.faults(this);
  }

  /** A disk whose call of that number, from 1 on, finds no space left. */
  public static FaultyDisk failingAt(int call) {
    return new FaultyDisk(call, Integer.MAX_VALUE);
  }

  /** A disk that takes at most so many bytes at once. */
  public static FaultyDisk shortWrites(int bytes) {
    return new FaultyDisk(0, bytes);
  }

  @Override
  public void before(String call, Path file) throws IOException {
    int now = asked.incrementAndGet();
    calls.add(call + " " + file.getFileName());
    if (now == failing) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public int most(int bytes) {
    return Math.min(bytes, most);
  }

  /** Whether the call that should fail was made. */
  public boolean failed() {
    return failing > 0 && asked.get() >= failing;
  }

  /** What was asked for, with the names of the files. */
  public List<String> calls() {
    return calls;
  }

  @Override
  public void close() {
    Disk.faults(null);
  }
}
