package dev.orograph.survey;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.linalg.Lapack;
import dev.orograph.model.forward.PassKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine as {@code run.json} and {@code doctor} describe it. */
public final class Machine {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path STATUS = Path.of("/proc/self/status");

  private Machine() {}

  /** Operating system, architecture, processor, cores, Java and the kernels' digest. */
  public static ObjectNode describe() {
    ObjectNode m = JsonNodeFactory.instance.objectNode();
    m.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    m.put("arch", System.getProperty("os.arch"));
    m.put("cpu", line(CPUINFO, "model name"));
    m.put("cores", Runtime.getRuntime().availableProcessors());
    m.put("java", System.getProperty("java.runtime.version"));
    m.put("kernels", kernels(false));
    return m;
  }

  /**
   * What decides the last digits: the same work gives the same ones where this is equal.
   *
   * @param pass whether a forward pass was, or will be, among the work
   */
  public static String kernels(boolean pass) {
    return pass
        ? Lapack.kernels() + " " + PassKernels.loaded().orElseGet(PassKernels::expected)
        : Lapack.kernels();
  }

  /** Peak resident memory of this process in bytes, or -1 where it is not told. */
  public static long peakMemory() {
    return kilobytes(STATUS, "VmHWM");
  }

  /** Anonymous resident memory of this process in bytes now, or -1 where it is not told. */
  public static long anonymousMemory() {
    return kilobytes(STATUS, "RssAnon");
  }

  /** Memory of the machine in bytes, or -1 where it is not told. */
  public static long totalMemory() {
    return kilobytes(MEMINFO, "MemTotal");
  }

  private static long kilobytes(Path file, String field) {
    String value = line(file, field).replaceAll("\\D", "");
    return value.isEmpty() ? -1 : Long.parseLong(value) * 1024;
  }

  private static String line(Path file, String field) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(field)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // Not this operating system.
    }
    return "";
  }
}
