/** Shells about the origin, and three ways to place points on them by their prominence. */
package dev.orograph.geometry.shells;
