/**
 * NumPy's random generator, bit for bit.
 *
 * <p>{@link dev.orograph.random.Generator} draws what {@code numpy.random.default_rng(seed)} draws,
 * so that a sample taken here can be taken again in a notebook. The streams are those of NumPy 1.24
 * and are pinned by files of reference draws in the tests.
 */
package dev.orograph.random;
