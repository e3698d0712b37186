package dev.orograph.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the Java of a command under test is told first. It has an archive of the classes that a
 * survey loads, as that of the script {@code orograph}, without which each of some eighty starts
 * costs a third more: made once for what is compiled, by the first of the tests' Javas.
 */
final class Started {
  /** Options and class path. */
  static final List<String> OPTIONS = options();

  /** From this Java on an archive does not go with the permission to load native code. */
  private static final int NATIVE = 24;

  private static final String ARCHIVE = "archive.jsa";

  private Started() {}

  private static List<String> flags() {
    return List.of(
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        // As in the script: classes made for calls by reflection are in no archive.
        "-Dsun.reflect.inflationThreshold=2147483647",
        // What a new Java asks for where native code is loaded, on standard error.
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        "-Dstdout.encoding=UTF-8");
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>(flags());
    try {
      Path folder = Files.createDirectories(Path.of("target", "started")).toAbsolutePath();
      String compiled = compiled() + "\n";
      try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        assert lock.isValid();
        Path known = folder.resolve("known");
        String path = Files.exists(known) ? Files.readString(known) : "";
        if (!path.startsWith(compiled)) {
          Files.deleteIfExists(folder.resolve(ARCHIVE));
          path = compiled + (Runtime.version().feature() < NATIVE ? prepare(folder) : path());
          Files.writeString(known, path);
        }
        if (Files.exists(folder.resolve(ARCHIVE))) {
          options.add("-XX:SharedArchiveFile=" + folder.resolve(ARCHIVE));
        }
        options.addAll(List.of("-cp", path.substring(compiled.length())));
      }
      return List.copyOf(options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the archive, and returns the class path that it is for: it takes jars, no folders. */
  private static String prepare(Path folder) throws IOException {
    List<String> path = new ArrayList<>();
    for (String entry : entries()) {
      Path at = Path.of(entry);
      path.add(Files.isDirectory(at) ? jar(at, folder.resolve(path.size() + ".jar")) : entry);
    }
    String joined = String.join(File.pathSeparator, path);
    Path archive = folder.resolve(ARCHIVE);
    Path part = folder.resolve(ARCHIVE + ".part");
    Files.deleteIfExists(part);
    List<String> line = new ArrayList<>();
    line.add(Cli.JAVA);
    line.addAll(flags());
    line.addAll(List.of("-XX:ArchiveClassesAtExit=" + part, "-cp", joined, Main.class.getName()));
    line.addAll(List.of("survey", "../core/src/test/resources/families/llama-tied", "--quiet"));
    line.addAll(List.of("--only", "norms,spectra", "--fresh", "--out", folder + "/run"));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      if (process.waitFor() == 0 && Files.exists(part)) {
        Files.move(part, archive);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return joined;
  }

  private static String path() {
    return String.join(File.pathSeparator, entries());
  }

  /** An empty entry would be the working directory, this folder included. */
  private static List<String> entries() {
    return Stream.of(Cli.classPath().split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private static String jar(Path classes, Path jar) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files(classes)) {
        zip.putNextEntry(
            new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, zip);
      }
    }
    return jar.toString();
  }

  private static List<Path> files(Path at) throws IOException {
    if (Files.notExists(at)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(at)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Another one for each Java and whenever anything on the class path has changed. */
  private static String compiled() throws IOException {
    CRC32 sum = new CRC32();
    sum.update(System.getProperty("java.vm.version").getBytes(UTF_8));
    for (String entry : entries()) {
      for (Path file : files(Path.of(entry))) {
        String told = file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        sum.update(told.getBytes(UTF_8));
      }
    }
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
