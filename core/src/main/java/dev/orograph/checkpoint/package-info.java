/**
 * Checkpoints in the safetensors format: found in a folder, checked before anything is believed,
 * and mapped in place.
 */
package dev.orograph.checkpoint;
