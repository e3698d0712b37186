package dev.orograph.spark;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import scala.Option;

/** Applications of tests, within this process. */
final class Application {
  private Application() {}

  /** One of so many cores, which the caller stops. */
  static SparkContext local(int cores) {
    SparkProvider.quiet();
    return new SparkContext(
        SparkProvider.conf(settings(cores), 1L << 30).set("spark.driver.bindAddress", "127.0.0.1"));
  }

  /** Stops the one of this process, where there is one. */
  static void stop() {
    Option<SparkContext> active = SparkContext$.MODULE$.getActive();
    if (active.isDefined()) {
      active.get().stop();
    }
  }

  static Map<String, String> settings(int cores) {
    return Map.of("master", "local[" + cores + "]", "spark.driver.host", "127.0.0.1");
  }
}
