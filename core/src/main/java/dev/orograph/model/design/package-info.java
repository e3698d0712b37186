/**
 * What a family's forward pass is made of, as data: no tensor and no arithmetic. The pages in
 * {@code model.family} write it down, {@code model.forward} computes it.
 */
package dev.orograph.model.design;
