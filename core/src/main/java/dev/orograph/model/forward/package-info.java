/**
 * The forward pass over libtorch: a {@code design} and the weights of a checkpoint in, named states
 * out. Only this package touches {@code org.bytedeco.pytorch}; what it hands out are numbers.
 */
package dev.orograph.model.forward;
