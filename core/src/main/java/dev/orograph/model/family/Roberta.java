package dev.orograph.model.family;

import dev.orograph.model.Component;
import dev.orograph.model.Config;
import dev.orograph.model.Family;
import dev.orograph.model.ModelSpec;
import java.util.List;

/**
 * RoBERTa, XLM-RoBERTa and CamemBERT: the blocks of BERT, positions that start behind the padding
 * token, another head.
 *
 * <p>Source: Liu et al. 2019; names as in the transformers library.
 */
public final class Roberta implements Family {
  private static final List<Rule> RULES =
      Bert.trunk("(?:roberta.)?")
          .under("lm_head.")
          .name("dense.*", Component.PROJECTION)
          .name("layer_norm.*", Component.NORM)
          .name("(?:bias|decoder.*)", Component.HEAD)
          .taskHeads()
          .list();

  @Override
  public String name() {
    return "RoBERTa";
  }

  @Override
  public List<String> modelTypes() {
    return List.of("roberta", "xlm-roberta", "camembert");
  }

  @Override
  public ModelSpec spec(Config c) {
    return Bert.trunkSpec(name(), c);
  }

  @Override
  public List<Rule> rules() {
    return RULES;
  }

  /** Its blocks alone have BERT's names. */
  @Override
  public boolean recognises(List<String> tensorNames) {
    return Family.super.recognises(tensorNames)
        && (Family.anyContains(tensorNames, "roberta.")
            || Family.anyContains(tensorNames, "lm_head.dense."));
  }
}
