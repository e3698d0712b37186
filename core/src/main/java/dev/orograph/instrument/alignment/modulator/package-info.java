/** Modulators of an encoder that are made from WordNet, their training, and what it helps. */
package dev.orograph.instrument.alignment.modulator;
