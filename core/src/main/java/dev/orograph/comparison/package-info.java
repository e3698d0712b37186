/** What several runs say beside each other, and what changed between two runs. */
package dev.orograph.comparison;
