package dev.orograph.spark;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells which partitions of a job are begun. There is one for each application and it stays: to
 * take the last listener away may wait for itself for ever.
 */
final class Begun extends SparkListener {
  /** The property of a job that says who hears of it. */
  static final String JOB = "dev.orograph.spark.job";

  private static final Map<SparkContext, Begun> ALL = new WeakHashMap<>();

  private final Map<String, IntConsumer> hearers = new ConcurrentHashMap<>();
  private final Map<Integer, IntConsumer> stages = new ConcurrentHashMap<>();

  private Begun() {}

  /** That of an application. */
  static Begun of(SparkContext spark) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(
          spark,
          s -> {
            Begun made = new Begun();
            s.addSparkListener(made);
            return made;
          });
    }
  }

  /** Tells the numbers of partitions that are begun of the job of that property. */
  void tell(String job, IntConsumer hearer) {
    hearers.put(job, hearer);
  }

  /** Tells no more of the job of that property. */
  void forget(String job) {
    hearers.remove(job);
  }

  @Override
  public void onJobStart(SparkListenerJobStart start) {
    String job = start.properties() == null ? null : start.properties().getProperty(JOB);
    IntConsumer hearer = job == null ? null : hearers.get(job);
    if (hearer != null) {
      for (Object stage : CollectionConverters.asJava(start.stageIds())) {
        stages.put((Integer) stage, hearer);
      }
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    IntConsumer hearer = stages.get(start.stageId());
    if (hearer != null) {
      hearer.accept(start.taskInfo().partitionId());
    }
  }

  @Override
  public void onStageCompleted(SparkListenerStageCompleted completed) {
    stages.remove(completed.stageInfo().stageId());
  }
}
