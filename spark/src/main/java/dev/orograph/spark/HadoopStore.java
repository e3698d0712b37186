package dev.orograph.spark;

import dev.orograph.checkpoint.CheckpointStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * File systems of Hadoop: {@code hdfs://}, and {@code s3a://} and others whose jars lie beside
 * Spark's. Their settings are Spark's own, {@code spark.hadoop.fs.s3a.endpoint} and so on, and the
 * files of Hadoop's configuration on the class path; {@code spark.orograph.cache} is how much of
 * their files may lie on the disk of one process.
 */
public final class HadoopStore implements CheckpointStore {
  private static final String CACHE = "spark.orograph.cache";
  private static final String USUAL_CACHE = "16g";

  /** Stores of files that can be read at any place; Hadoop reads web pages too. */
  private static final Set<String> SCHEMES =
      Set.of(
          "hdfs",
          "webhdfs",
          "swebhdfs",
          "viewfs",
          "s3a",
          "s3",
          "abfs",
          "abfss",
          "wasb",
          "wasbs",
          "gs",
          "oss",
          "obs",
          "cosn",
          "o3fs",
          "ofs",
          "file");

  static {
    // Before Hadoop asks what its log is to be.
    SparkProvider.quiet();
  }

  private static volatile SparkConf told = new SparkConf();

  /** What the user of this process said, which counts until there is an application. */
  static void told(SparkConf conf) {
    told = conf;
  }

  private static SparkConf settings() {
    SparkEnv application = SparkEnv.get();
    return application == null ? told : application.conf();
  }

  private static FileSystem system(Path path) throws IOException {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(settings());
    try {
      return path.getFileSystem(hadoop);
    } catch (IllegalArgumentException e) {
      // A host that nobody knows.
      throw new IOException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public boolean reads(String scheme) {
    return SCHEMES.contains(scheme);
  }

  @Override
  public long cache() {
    return settings().getSizeAsBytes(CACHE, USUAL_CACHE);
  }

  @Override
  public Entry look(String address) throws IOException {
    Path path = path(address);
    return entry(system(path).getFileStatus(path));
  }

  @Override
  public List<Entry> list(Entry folder) throws IOException {
    Path path = path(folder.address());
    List<Entry> entries = new ArrayList<>();
    for (FileStatus status : system(path).listStatus(path)) {
      if (!status.isSymlink()) {
        entries.add(entry(status));
      }
    }
    return entries;
  }

  private static Path path(String address) throws IOException {
    try {
      return new Path(address);
    } catch (IllegalArgumentException e) {
      throw new FileNotFoundException(e.getMessage());
    }
  }

  private static Entry entry(FileStatus status) {
    Path path = status.getPath();
    String version = status instanceof EtagSource tagged ? tagged.getEtag() : null;
    return new Entry(
        address(path),
        path.getName(),
        status.isDirectory(),
        status.isDirectory() ? 0 : status.getLen(),
        status.isDirectory() ? 0 : status.getModificationTime(),
        version == null ? "" : version);
  }

  /** With all slashes, which Hadoop leaves out where there is no host. */
  private static String address(Path path) {
    URI uri = path.toUri();
    String host = uri.getAuthority() == null ? "" : uri.getAuthority();
    return uri.getScheme() + "://" + host + uri.getPath();
  }

  @Override
  public Content open(Entry file) throws IOException {
    Path path = path(file.address());
    FileSystem system = system(path);
    FSDataInputStream in;
    try {
      // Parts of a file in any order; what knows versions of files refuses another one.
      in =
          system
              .openFile(path)
              .opt("fs.option.openfile.read.policy", "random")
              .optLong("fs.option.openfile.length", file.size())
              .build()
              .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
    return new Content() {
      @Override
      public void read(long at, byte[] into, int length) throws IOException {
        in.readFully(at, into, 0, length);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }
}
