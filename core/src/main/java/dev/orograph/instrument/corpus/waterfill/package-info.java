/** Water-filling: points on shells of a hypersphere by their length before the final norm. */
package dev.orograph.instrument.corpus.waterfill;
