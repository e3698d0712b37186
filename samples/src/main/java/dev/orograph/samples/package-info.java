/**
 * The bundled checkpoints: the text that they learned from, how they were trained, and what they
 * were measured against.
 */
package dev.orograph.samples;
