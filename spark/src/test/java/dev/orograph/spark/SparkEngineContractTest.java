package dev.orograph.spark;

import dev.orograph.survey.Engine;
import dev.orograph.survey.EngineContract;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Executors keep what every engine promises. */
class SparkEngineContractTest extends EngineContract {
  private static SparkContext spark;

  @BeforeAll
  static void begin() {
    spark = Application.local(2);
  }

  @AfterAll
  static void end() {
    spark.stop();
  }

  @Override
  protected Engine engine() {
    return new SparkEngine(spark, MEMORY);
  }
}
