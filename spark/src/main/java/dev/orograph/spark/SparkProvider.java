package dev.orograph.spark;

import static java.util.stream.Collectors.joining;

import dev.orograph.survey.Engine;
import dev.orograph.survey.EngineProvider;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * The engine {@code spark} of the command line. Settings: {@code master}, a URL as Spark takes it,
 * and any of Spark's own by their name ({@code spark.executor.cores}); {@code
 * spark.orograph.pieces} is the number of partitions of a job, otherwise as suits the cores. There
 * is one application per process; it ends with it.
 */
public final class SparkProvider implements EngineProvider {
  private static final String MASTER = "master";
  private static final String PIECES = "spark.orograph.pieces";

  /** What the launcher sets, or a user: which kernels run, and what becomes of freed memory. */
  private static final String[] AS_HERE = {
    "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"
  };

  /** Options of the JVM's compilers. */
  private static final Pattern COMPILERS =
      Pattern.compile("-XX:(Tier\\w+=|PerMethodTrapLimit=|-Use(Profiled)?LoopPredicate$).*");

  private static final String LOGGING = "log4j2.configurationFile";

  /** Memory of a process beside its tasks' and its heap. */
  private static final long BESIDE = 450L << 20;

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public void check(Map<String, String> settings) {
    for (String key : settings.keySet()) {
      if (!key.equals(MASTER) && !key.startsWith("spark.")) {
        throw new IllegalArgumentException(
            "settings of Spark begin with 'spark.', found '" + key + "'");
      }
    }
    // spark-submit tells it in this property.
    if (!settings.containsKey(MASTER)
        && !settings.containsKey("spark.master")
        && System.getProperty("spark.master") == null) {
      throw new IllegalArgumentException(
          "the engine 'spark' needs --master URL, such as spark://HOST:7077 or local[2]");
    }
    // Spark asks what its log is to be as soon as it hears of a setting.
    quiet();
    HadoopStore.told(conf(settings, 0));
  }

  @Override
  public Engine open(Map<String, String> settings, long memory) {
    quiet();
    SparkConf conf = conf(settings, memory);
    return new SparkEngine(SparkContext.getOrCreate(conf), memory, conf.getInt(PIECES, 0));
  }

  /** Says what Spark's log is to be, where nobody has said it, before Spark asks. */
  static void quiet() {
    if (System.getProperty(LOGGING) == null && System.getProperty("spark.master") == null) {
      System.setProperty(LOGGING, "classpath:dev/orograph/spark/quiet-log4j2.properties");
    }
  }

  /** The user's settings, and what suits a survey where the user says nothing. */
  static SparkConf conf(Map<String, String> settings, long memory) {
    SparkConf conf = new SparkConf();
    new TreeMap<>(settings)
        .forEach(
            (key, value) -> {
              if (key.equals(MASTER)) {
                conf.setMaster(value);
              } else {
                conf.set(key, value);
              }
            });
    conf.setIfMissing("spark.app.name", "orograph");
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    // What a piece may take lies outside of the heap.
    conf.setIfMissing("spark.executor.memory", "1g");
    conf.setIfMissing("spark.executor.memoryOverhead", Math.max(1, (memory + BESIDE) >> 20) + "m");
    conf.setIfMissing("spark.driver.maxResultSize", "0");
    conf.setIfMissing("spark.executor.extraJavaOptions", executorOptions());
    for (String name : AS_HERE) {
      String value = System.getenv(name);
      if (value != null) {
        conf.setIfMissing("spark.executorEnv." + name, value);
      }
    }
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", "1");
    conf.setIfMissing("spark.executorEnv.THP_MEM_ALLOC_ENABLE", "1");
    // Two attempts at once would write the same snapshots.
    conf.set("spark.speculation", "false");
    conf.set("spark.scheduler.mode", "FIFO");
    jar().ifPresent(jar -> conf.setIfMissing("spark.jars", jar));
    return conf;
  }

  /**
   * What the launcher tells this Java of its compilers, which loops that end soon gain from, for
   * executors too; theirs may be one that does not know it.
   */
  private static String executorOptions() {
    String compilers =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> COMPILERS.matcher(option).matches())
            .collect(joining(" "));
    return ("-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC " + compilers).strip();
  }

  /** The jar that executors need, where the program runs from one. */
  private static java.util.Optional<String> jar() {
    try {
      Path from =
          Path.of(SparkProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return from.toString().endsWith(".jar")
          ? java.util.Optional.of(from.toString())
          : java.util.Optional.empty();
    } catch (URISyntaxException e) {
      return java.util.Optional.empty();
    }
  }
}
