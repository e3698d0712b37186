/**
 * Checkpoints as safetensors, torch files, GGUF and NumPy arrays: found in a folder, checked before
 * anything is believed, and mapped in place. {@link dev.orograph.checkpoint.Checkpoint} is the way
 * in; {@code WeightFile} is the door to the formats.
 */
package dev.orograph.checkpoint;
