/**
 * Reading what may be hostile: bounded JSON, names that stay inside a folder, text that is safe on
 * a terminal, and one exception that says where a fault is, what was expected, what was found and
 * what to do.
 */
package dev.orograph.input;
