package dev.orograph.tokenizer;

import java.util.List;
import java.util.SplittableRandom;

/** Texts of many scripts, with everything between words that files have. */
final class Texts {
  private static final List<String> PARTS =
      List.of(
          " ",
          " ",
          " ",
          " ",
          "  ",
          "   ",
          "      ",
          "\t",
          "\n",
          "\r\n",
          "\r",
          "\n\n",
          "\u00a0",
          "\u3000",
          "\u2028",
          "\u2003",
          "\u2581",
          "\u1680",
          "\u000b",
          "\f",
          "a",
          "I",
          "b",
          "ab",
          "x",
          "e",
          "s",
          "0",
          "42",
          "3.14",
          "1234567",
          "\u0663",
          "\u2460",
          "\u00bd",
          "-",
          "...",
          "\u2026",
          "\"",
          "'",
          "'s",
          "'T",
          "n't",
          "'ll",
          "\u2019s",
          "<",
          ">",
          "&amp;",
          "$",
          "+",
          "_",
          "\u00ab",
          "\u3002",
          "\uff01",
          "the",
          "The",
          "THE",
          "house",
          "summarize:",
          "unbelievable",
          "antidisestablishmentarianism",
          "Stra\u00dfe",
          "na\u00efve",
          "cafe\u0301",
          "caf\u00e9",
          "\u1ec7",
          "e\u0323\u0302",
          "e\u0302\u0323",
          "a\u0328\u0301\u0327",
          "\u0130stanbul",
          "\u017f",
          "\u03a3\u03a3",
          "\u01c4",
          "\ufb01n",
          "\u2122",
          "\u00b2",
          "\u338f",
          "\ufdfa",
          "\uff21\uff42\uff13",
          "\u212b",
          "\u1e9b\u0323",
          "\u043f\u0440\u0438\u0432\u0435\u0442",
          "\u0419\u0451",
          "\u03b1\u03b2\u03b3",
          "\u1f85",
          "\u4f60\u597d",
          "\u65e5\u672c\u8a9e",
          "\u30ab\u3099",
          "\u304c",
          "\uff76\uff9e",
          "\u30fc",
          "\ud55c\uad6d\uc5b4",
          "\u1112\u1161\u11ab",
          "\u1100\u1161",
          "\u11a8",
          "\u0645\u0631\u062d\u0628\u0627",
          "\u0651\u064e",
          "\u0928\u092e\u0938\u094d\u0924\u0947",
          "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
          "\u0e33",
          "\u0bca",
          "\ud83d\ude00",
          "\ud83d\udc68\u200d\ud83d\udc69",
          "\ud83c\udde9\ud83c\uddea",
          "\ud83d\udc4d\ud83c\udffd",
          "\u2764\ufe0f",
          "1\ufe0f\u20e3",
          "\u200b",
          "\u200d",
          "\ufeff",
          "\u0001",
          "\u007f",
          "\u0085",
          "\u00ad",
          "\ufffd",
          "\u0000",
          "\ue000",
          "<s>",
          "</s>",
          "<unk>",
          "<pad>",
          "[UNK]",
          "[MASK]",
          "[SEP]",
          "<|endoftext|>",
          "<extra_id_3>",
          "<0x41>",
          "<b>",
          "<e>",
          "<m>",
          "<x>",
          "saya",
          "makan",
          "nasi",
          "di",
          "kan",
          "\ud835\udd38",
          "\ud86e\udd5b",
          "\u0149",
          "\u0344",
          "\u0345",
          "\u0f73",
          "\u2126",
          "\u0958");

  private Texts() {}

  /** A text of up to a dozen parts, now and then of any characters. */
  static String random(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(12); n >= 0; n--) {
      if (random.nextInt(20) == 0) {
        text.appendCodePoint(any(random));
      } else {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      text.append(random.nextInt(3) == 0 ? " " : "");
    }
    return text.toString();
  }

  /** First and last of blocks that every part of the library has known for long. */
  private static final int[][] BLOCKS = {
    {0x20, 0x24F},
    {0x250, 0x2AF},
    {0x300, 0x36F},
    {0x388, 0x3CE},
    {0x400, 0x513},
    {0x5D0, 0x5EA},
    {0x621, 0x652},
    {0x901, 0x939},
    {0x93C, 0x94D},
    {0xE01, 0xE3A},
    {0xE3F, 0xE5B},
    {0xF40, 0xF47},
    {0x10D0, 0x10FC},
    {0x1100, 0x1159},
    {0x1161, 0x11A2},
    {0x11A8, 0x11F9},
    {0x1E00, 0x1E99},
    {0x1EA0, 0x1EF9},
    {0x1F00, 0x1F15},
    {0x2000, 0x2052},
    {0x2074, 0x208E},
    {0x20A0, 0x20B5},
    {0x2100, 0x214C},
    {0x2153, 0x2184},
    {0x2190, 0x23E7},
    {0x2460, 0x269C},
    {0x3000, 0x303F},
    {0x3041, 0x3096},
    {0x3099, 0x30FF},
    {0x3131, 0x318E},
    {0x3200, 0x321E},
    {0x3220, 0x3243},
    {0x3300, 0x33DD},
    {0x3400, 0x4DB5},
    {0x4E00, 0x9FA5},
    {0xAC00, 0xD7A3},
    {0xE000, 0xE0FF},
    {0xF900, 0xFA2D},
    {0xFB00, 0xFB06},
    {0xFE50, 0xFE52},
    {0xFF01, 0xFFBE},
    {0x10400, 0x1044F},
    {0x1D400, 0x1D454},
    {0x1F300, 0x1F320},
    {0x20000, 0x2A6D6}
  };

  private static int any(SplittableRandom random) {
    int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
    return block[0] + random.nextInt(block[1] - block[0] + 1);
  }

  static String shown(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c ->
                out.append(
                    c > 32 && c < 127
                        ? Character.toString(c)
                        : c == 32 ? " " : "{" + Integer.toHexString(c) + "}"));
    return out.toString();
  }
}
