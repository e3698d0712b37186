package dev.orograph.instrument.embedding;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The seed's word lists, by category. */
public final class SeedWords {
  private static final Map<String, List<String>> LISTS = new LinkedHashMap<>();

  static {
    LISTS.put(
        "animals",
        words(
            "cat dog bird fish horse mouse bear wolf deer fox lion tiger snake whale frog rabbit"
                + " monkey elephant"));
    LISTS.put("colors", words("red blue green yellow black white orange purple brown pink"));
    LISTS.put("numbers", words("one two three four five six seven eight nine ten"));
    LISTS.put("body", words("head hand eye foot arm leg face mouth heart brain"));
    LISTS.put("food", words("bread meat rice milk fish salt sugar cheese fruit water"));
    LISTS.put("emotions", words("happy sad angry fear love hate joy hope pain calm"));
    LISTS.put("actions", words("run walk jump fly swim eat sleep talk think write"));
    LISTS.put("time", words("day night year month week hour morning evening today tomorrow"));
  }

  private SeedWords() {}

  /** In the seed's order. */
  public static Map<String, List<String>> lists() {
    return Collections.unmodifiableMap(LISTS);
  }

  private static List<String> words(String line) {
    return List.of(line.split(" ", -1));
  }
}
