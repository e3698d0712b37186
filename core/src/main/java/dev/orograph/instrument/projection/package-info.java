/** Projection of one model onto another. */
package dev.orograph.instrument.projection;
