package dev.orograph.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A store of files to which no path of this machine leads (HDFS, S3), read by an address such as
 * {@code hdfs://host:8020/models/a}. A service of {@link java.util.ServiceLoader}: this library has
 * none of its own. Implementations may be called by any number of threads.
 */
public interface CheckpointStore {
  /** Whether it is for addresses that begin with that scheme. */
  boolean reads(String scheme);

  /**
   * What stands at an address.
   *
   * @throws java.io.FileNotFoundException where nothing does
   * @throws IOException where the store does not answer, or refuses
   */
  Entry look(String address) throws IOException;

  /**
   * What lies in a folder, not below it, in any order; {@link Entry#name} is as hostile as ever.
   */
  List<Entry> list(Entry folder) throws IOException;

  /** Opens a file as it was looked at. */
  Content open(Entry file) throws IOException;

  /** The most bytes of the store's files that may lie on this machine's disk at the same time. */
  long cache();

  /**
   * A file or a folder.
   *
   * @param address of it
   * @param name the last part of the address
   * @param folder whether it is a folder
   * @param size bytes of a file
   * @param modified when it was last written, milliseconds since 1970
   * @param version what the store calls this state of it; "" where it has no such thing
   */
  record Entry(
      String address, String name, boolean folder, long size, long modified, String version) {}

  /** A file that is open. */
  interface Content extends Closeable {
    /**
     * Reads so many bytes from a place on.
     *
     * @throws java.io.EOFException where the file ends before
     */
    void read(long at, byte[] into, int length) throws IOException;
  }
}
