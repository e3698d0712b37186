/** The same survey on Apache Spark: pieces travel as records, executors open the checkpoint. */
package dev.orograph.spark;
