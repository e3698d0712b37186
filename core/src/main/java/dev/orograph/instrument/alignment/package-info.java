/** Analyses that set a model's words beside a lexicon. */
package dev.orograph.instrument.alignment;
