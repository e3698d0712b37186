/** WordNet as a graph of ints: its synsets, their words and glosses, and how far apart they are. */
package dev.orograph.lexicon;
