package dev.orograph.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A word for each row of a matrix: no tokenizer, but a text that is one of them, or consists of
 * some with spaces between, has their numbers. Of equal words the first counts.
 */
final class Labels implements Codec {
  private final List<String> words;
  private final Map<String, Integer> ids = new HashMap<>();

  Labels(List<String> words) {
    this.words = words;
    for (int i = 0; i < words.size(); i++) {
      ids.putIfAbsent(words.get(i), i);
    }
  }

  @Override
  public Encoding encode(String text) {
    String whole = text.strip();
    int begin = text.indexOf(whole);
    List<Integer> found = new ArrayList<>();
    List<Encoding.Span> spans = new ArrayList<>();
    if (!whole.isEmpty() && ids.containsKey(whole)) {
      found.add(ids.get(whole));
      spans.add(new Encoding.Span(begin, begin + whole.length()));
      return new Encoding(found, spans);
    }
    int at = 0;
    for (String word : text.split("\\s+", -1)) {
      int from = text.indexOf(word, at);
      at = from + word.length();
      if (!word.isEmpty() && ids.containsKey(word)) {
        found.add(ids.get(word));
        spans.add(new Encoding.Span(from, at));
      }
    }
    return new Encoding(found, spans);
  }

  @Override
  public String decode(long[] ranks) {
    List<String> text = new ArrayList<>();
    for (long rank : ranks) {
      text.add(words.get((int) rank));
    }
    return String.join(" ", text);
  }
}
