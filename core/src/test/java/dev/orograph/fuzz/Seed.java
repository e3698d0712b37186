package dev.orograph.fuzz;

import java.util.Map;

/**
 * A good file to start from.
 *
 * @param format what it is
 * @param name its name in its folder
 * @param bytes what it holds
 * @param beside the files that lie beside it and stay as they are
 */
record Seed(Format format, String name, Bytes bytes, Map<String, Bytes> beside) {
  /** What hostile bytes are read as. */
  enum Format {
    /** A safetensors file. */
    SAFETENSORS,
    /** The index of shards. */
    INDEX,
    /** {@code config.json}, {@code params.json}, {@code open_clip_config.json}. */
    CONFIG,
    /** A zip archive of torch.save. */
    TORCH,
    /** Pickles and numbers behind each other, as torch.save wrote them before. */
    LEGACY,
    /** A GGUF file. */
    GGUF,
    /** An ONNX model. */
    ONNX,
    /** An array of NumPy. */
    NPY,
    /** An archive of such. */
    NPZ,
    /** {@code tokenizer.json}, and what lies beside a tokenizer. */
    TOKENIZER,
    /** A SentencePiece model. */
    SENTENCEPIECE,
    /** {@code vocab.txt} and {@code merges.txt}. */
    VOCABULARY,
    /** Byte pairs by rank, a line each. */
    TIKTOKEN,
    /** {@code tekken.json}. */
    TEKKEN,
    /** A list of words, one for each row, or of words and their vectors. */
    WORDS,
    /** A text with a sequence on each line. */
    TEXT,
    /** One of the files of WordNet. */
    WORDNET,
    /** What a modulator says of itself. */
    MODULATOR,
    /** Models that claims are held against. */
    REFERENCE,
    /** {@code results.json} of a run. */
    RESULTS,
    /** {@code run.json} of a run. */
    RUN
  }

  /** Bytes that nobody changes. */
  static final class Bytes {
    private final byte[] bytes;

    Bytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    byte[] copy() {
      return bytes.clone();
    }
  }
}
