/** Level-sets of a model's divergence from a target, and their normals (seed 001). */
package dev.orograph.instrument.levelset;
