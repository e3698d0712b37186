package dev.orograph.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** An HDFS of one node within this process, on loopback; its files are cut into small blocks. */
final class Hdfs implements AutoCloseable {
  private final MiniDFSCluster cluster;
  private final Locale locale = Locale.getDefault();

  Hdfs(Path folder) throws IOException {
    SparkProvider.quiet();
    // A name node writes the numbers in its files' names in the digits of its place, and does not
    // find them again.
    Locale.setDefault(Locale.ROOT);
    Configuration settings = new Configuration();
    settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
    settings.setLong("dfs.namenode.fs-limits.min-block-size", 4096);
    settings.setLong("dfs.blocksize", 1 << 16);
    cluster = new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
    cluster.waitActive();
  }

  FileSystem files() throws IOException {
    return cluster.getFileSystem();
  }

  /** Puts a folder of this machine there, over what was there. */
  String put(Path folder) throws IOException {
    org.apache.hadoop.fs.Path to = new org.apache.hadoop.fs.Path("/models/" + folder.getFileName());
    files().delete(to, true);
    files().copyFromLocalFile(false, true, new org.apache.hadoop.fs.Path(folder.toUri()), to);
    return cluster.getURI() + "/models/" + folder.getFileName();
  }

  @Override
  public void close() {
    cluster.shutdown(true);
    Locale.setDefault(locale);
  }
}
