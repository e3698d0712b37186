/** A page for all runs of a folder, on this machine alone. */
package dev.orograph.cli.serve;
