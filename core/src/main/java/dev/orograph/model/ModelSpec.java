package dev.orograph.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a model as its configuration gives it; 0 or "" where it does not say.
 *
 * @param family the family's name, "matrices" where none is recognised
 * @param dModel width of the residual stream
 * @param encoderLayers blocks of the encoder (or the only stack, where bidirectional)
 * @param decoderLayers blocks of the decoder
 * @param heads query heads
 * @param keyHeads key and value heads; equal to {@code heads} without grouping
 * @param dHead width of a head
 * @param dFf hidden width of the MLP
 * @param vocabulary number of tokens
 * @param tied whether embedding and head share one matrix
 * @param activation the MLP's activation as the configuration spells it
 * @param dtype the declared type of the weights
 */
public record ModelSpec(
    String family,
    int dModel,
    int encoderLayers,
    int decoderLayers,
    int heads,
    int keyHeads,
    int dHead,
    int dFf,
    int vocabulary,
    boolean tied,
    String activation,
    String dtype) {

  /** The spec of a model of no known family. */
  public static ModelSpec none() {
    return new ModelSpec("matrices", 0, 0, 0, 0, 0, 0, 0, 0, false, "", "");
  }

  /** Label to value, only what is known, in the order to show. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    put(facts, "d_model", dModel);
    if (encoderLayers > 0 && decoderLayers > 0) {
      facts.put("layers", encoderLayers + " encoder + " + decoderLayers + " decoder");
    } else {
      put(facts, "layers", Math.max(encoderLayers, decoderLayers));
    }
    if (heads > 0) {
      facts.put(
          "heads",
          heads
              + (keyHeads != heads ? " query, " + keyHeads + " key/value" : "")
              + (dHead > 0 ? " of width " + dHead : ""));
    }
    put(facts, "d_ff", dFf);
    put(facts, "vocabulary", vocabulary);
    if (!activation.isEmpty()) {
      facts.put("activation", activation);
    }
    if (!dtype.isEmpty()) {
      facts.put("declared dtype", dtype);
    }
    if (!family.equals("matrices")) {
      facts.put("embedding and head", tied ? "tied" : "separate");
    }
    return facts;
  }

  private static void put(Map<String, String> facts, String label, int value) {
    if (value > 0) {
      facts.put(label, String.format(java.util.Locale.ROOT, "%,d", value));
    }
  }
}
