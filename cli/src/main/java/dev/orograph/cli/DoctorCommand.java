package dev.orograph.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.model.forward.PassKernels;
import dev.orograph.report.ResultsJson;
import dev.orograph.survey.Machine;
import dev.orograph.survey.Sizes;
import dev.orograph.survey.Survey;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code orograph doctor}: what this machine has. */
@Command(
    name = "doctor",
    description = "Says what this machine has: cores, memory, native libraries, GPU, Chromium.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  private final Map<String, String> told = new LinkedHashMap<>();

  @Override
  public Integer call() {
    line("orograph", Survey.VERSION);
    line("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    long total = Machine.totalMemory();
    line("memory", total < 0 ? "unknown" : Sizes.bytes(total));
    line("heap", Sizes.bytes(Runtime.getRuntime().maxMemory()) + " at most");
    int exit = 0;
    try {
      long start = System.nanoTime();
      JsonNode m = Machine.describe();
      line("system", m.path("os").asText() + ", " + m.path("arch").asText());
      line("processor", m.path("cpu").asText() + ", " + m.path("cores").asInt() + " cores");
      line(
          "linear algebra",
          String.format(
              Locale.ROOT,
              "OpenBLAS loaded in %.1f s, kernels %s",
              (System.nanoTime() - start) / 1e9,
              m.path("kernels").asText()));
    } catch (UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      exit = Main.OURS;
      line(
          "linear algebra",
          "does not load: "
              + e
              + " (this build is for "
              + System.getProperty("os.arch")
              + "? build with -Djavacpp.platform=...)");
    }
    line("forward pass", "kernels " + PassKernels.expected());
    line(
        "natives in",
        System.getProperty(
            "org.bytedeco.javacpp.cachedir",
            Path.of(System.getProperty("user.home"), ".javacpp", "cache").toString()));
    line(
        "gpu",
        Files.exists(Path.of("/dev/nvidia0")) ? "NVIDIA device found, not used yet" : "none");
    line("chromium", onPath(List.of("chromium", "chromium-browser", "google-chrome")));
    if (json) {
      System.out.println(ResultsJson.text(told));
    }
    return exit;
  }

  private void line(String label, String value) {
    if (json) {
      told.put(label, value);
    } else {
      System.out.printf(Locale.ROOT, "%-16s%s%n", label, value);
    }
  }

  private static String onPath(List<String> names) {
    Map<String, String> env = System.getenv();
    for (String folder : env.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      for (String name : names) {
        if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
          return Path.of(folder, name).toString();
        }
      }
    }
    return "none: the report's picture is not tested here";
  }
}
