package dev.orograph.checkpoint;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts of files in memory, read-only, which go when this is closed and not when the garbage
 * collector finds them. Java has that from 22 on ({@code java.lang.foreign.Arena}); before, {@code
 * sun.misc.Unsafe} ends a mapping, of which newer ones say on the terminal that it will be removed.
 * Which of the two there is shows at run time only, hence the reflection.
 */
sealed interface Mapping extends AutoCloseable {
  /**
   * Maps bytes of a file, at most 2 GiB. They stay mapped when the channel is closed.
   *
   * @throws IOException where the system refuses
   */
  ByteBuffer map(FileChannel channel, long from, long size) throws IOException;

  /** Gives the addresses back; nobody may be reading. */
  @Override
  void close();

  /** An empty one, of the kind that this Java offers. */
  static Mapping open() {
    return OfArena.MAP == null ? new OfCleaner() : new OfArena();
  }

  /** A mapping as Java 22 and later have it. */
  final class OfArena implements Mapping {
    private static final Method SHARED;
    private static final Method MAP;
    private static final Method BUFFER;

    static {
      Method shared = null;
      Method map = null;
      Method buffer = null;
      // Java 19 to 21 have an interface of that name too, but as a preview, which may not be used.
      if (Runtime.version().feature() >= 22) {
        try {
          Class<?> arena = Class.forName("java.lang.foreign.Arena");
          shared = arena.getMethod("ofShared");
          buffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
          map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arena);
        } catch (ReflectiveOperationException e) {
          throw new ExceptionInInitializerError(e);
        }
      }
      SHARED = shared;
      MAP = map;
      BUFFER = buffer;
    }

    private final AutoCloseable arena;

    OfArena() {
      try {
        arena = (AutoCloseable) SHARED.invoke(null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Java gives no arena", e);
      }
    }

    @Override
    public ByteBuffer map(FileChannel channel, long from, long size) throws IOException {
      try {
        return (ByteBuffer)
            BUFFER.invoke(MAP.invoke(channel, MapMode.READ_ONLY, from, size, arena));
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof IOException refused) {
          throw refused;
        }
        throw new IllegalStateException("a file could not be mapped", e.getCause());
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("a file could not be mapped", e);
      }
    }

    @Override
    public void close() {
      try {
        arena.close();
      } catch (Exception e) {
        throw new IllegalStateException("a mapping could not be given back", e);
      }
    }
  }

  /** A mapping as Java before 22 has it. */
  final class OfCleaner implements Mapping {
    private static final Object UNSAFE;
    private static final Method CLEAN;

    static {
      Object unsafe = null;
      Method clean = null;
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        unsafe = field.get(null);
        clean = type.getMethod("invokeCleaner", ByteBuffer.class);
      } catch (ReflectiveOperationException | SecurityException e) {
        // A Java without it: mappings then end when the collector finds them.
        clean = null;
      }
      UNSAFE = unsafe;
      CLEAN = clean;
    }

    private final List<ByteBuffer> buffers = new ArrayList<>();

    @Override
    public ByteBuffer map(FileChannel channel, long from, long size) throws IOException {
      ByteBuffer buffer = channel.map(MapMode.READ_ONLY, from, size);
      buffers.add(buffer);
      return buffer;
    }

    @Override
    public void close() {
      for (ByteBuffer buffer : buffers) {
        try {
          if (CLEAN != null) {
            CLEAN.invoke(UNSAFE, buffer);
          }
        } catch (IllegalAccessException | InvocationTargetException e) {
          throw new IllegalStateException("a mapping could not be given back", e);
        }
      }
      buffers.clear();
    }
  }
}
