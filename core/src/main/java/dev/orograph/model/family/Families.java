package dev.orograph.model.family;

import dev.orograph.model.Family;
import java.util.List;

/** The one list of families. */
public final class Families {
  /** All of them, in the order in which they are tried. */
  public static final List<Family> ALL =
      List.of(
          new T5(),
          new Bert(),
          new Roberta(),
          new DistilBert(),
          new Gpt2(),
          new GptNeoX(),
          new GptJ(),
          new GptNeo(),
          new Opt(),
          new Llama(),
          new Mistral(),
          new Qwen2(),
          new Qwen3(),
          new Gemma(),
          new Olmo2(),
          new Phi3(),
          new Mixtral(),
          new QwenMoe(),
          new Qwen35(),
          new Falcon(),
          new StarCoder2(),
          new MetaLlama(),
          new Bart(),
          new Whisper(),
          new ModernBert(),
          new Siglip(),
          new Clip(),
          new OpenClip(),
          new Vit(),
          new Dinov2());

  private Families() {}
}
