/**
 * Training: examples of token ids in, a model's weights out. What touches libtorch stays in {@code
 * model.forward}; here are the examples, the schedule, the loop and what lies on the disk.
 */
package dev.orograph.model.train;
