package dev.orograph.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes of a pickle instruction by instruction, so that it stays one for a while. */
final class PickleEdits {
  private static final List<String> PIECES =
      List.of(
          "N",
          "}",
          "]",
          ")",
          "(",
          "t",
          "0",
          "2",
          "e",
          "s",
          "u",
          "a",
          "R",
          "Q",
          "b",
          "l",
          "d",
          ".",
          "\u0085",
          "\u0086",
          "\u0087",
          "\u0093",
          "\u0094",
          "\u0088",
          "\u008f",
          "\u0090",
          "\u0091",
          "\u0081",
          "h\0",
          "h\1",
          "h\2",
          "h\5",
          "q\0",
          "q\1",
          "q\2",
          "K\0",
          "K\7",
          "M\u00ff\u00ff",
          "J\u00ff\u00ff\u00ff\u00ff",
          "J\u00ff\u00ff\u00ff\u007f",
          "\u008a\b\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
          "\u008a\0",
          "\u008a\t\0\0\0\0\0\0\0\0\1",
          "G\u007f\u00f8\0\0\0\0\0\0",
          "X\1\0\0\0w",
          "U\1w",
          "C\1w",
          "\u008c\1w",
          "X\u00ff\u00ff\u00ff\u00ff",
          "\u008e\u00ff\u00ff\u00ff\u00ff\0\0\0\0",
          "cos\nsystem\n",
          "ctorch\nSize\n",
          "ccollections\nOrderedDict\n",
          "ctorch._utils\n_rebuild_tensor_v3\n",
          "ctorch._utils\n_rebuild_parameter\n",
          "ctorch._utils\n_rebuild_qtensor\n",
          "ctorch\nDoubleStorage\n",
          "ctorch\nByteStorage\n",
          "ctorch.storage\nUntypedStorage\n",
          "ctorch\nfloat16\n",
          // What is called holds itself.
          "ctorch\nSize\n]q\1Rq\2h\1h\2a0",
          "ctorch\nSize\n]q\1Rq\2h\1h\2a00h\2",
          "]q\1h\1a",
          "}q\1h\1h\1s");

  private final SplittableRandom random;
  private final Edits edits;

  PickleEdits(SplittableRandom random, Edits edits) {
    this.random = random;
    this.edits = edits;
  }

  byte[] change(byte[] pickle) {
    List<byte[]> steps = steps(pickle);
    if (steps.isEmpty()) {
      return edits.plain(pickle, pickle);
    }
    int at = random.nextInt(steps.size());
    int with = random.nextInt(steps.size());
    byte[] piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.ISO_8859_1);
    switch (random.nextInt(9)) {
      case 0 -> steps.add(at, piece);
      case 1 -> steps.set(at, piece);
      case 2 -> steps.remove(at);
      case 3 -> steps.add(at, steps.get(with));
      case 4 -> {
        byte[] moved = steps.get(at);
        steps.set(at, steps.get(with));
        steps.set(with, moved);
      }
      case 5 ->
          steps.addAll(at, new ArrayList<>(steps.subList(with, Math.min(with + 24, steps.size()))));
      case 6 -> tuple(steps, at, piece);
      default -> number(steps, at);
    }
    return Edits.join(steps.toArray(new byte[0][]));
  }

  /** The first tuple of one to three from there on becomes something else. */
  private static void tuple(List<byte[]> steps, int from, byte[] piece) {
    for (int i = from; i < steps.size(); i++) {
      int n = (steps.get(i)[0] & 0xFF) - 0x84;
      if (n >= 1 && n <= 3 && i >= n) {
        steps.subList(i - n, i + 1).clear();
        steps.add(i - n, piece);
        return;
      }
    }
  }

  /** The first number from there on becomes another. */
  private void number(List<byte[]> steps, int from) {
    for (int i = from; i < steps.size(); i++) {
      byte[] step = steps.get(i);
      int length = step.length - 1;
      if (step[0] == 'K' || step[0] == 'M' || step[0] == 'J') {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        word.put(step, 1, length);
        long changed = edits.number(word.getLong(0));
        byte[] whole = new byte[10];
        whole[0] = (byte) 0x8a;
        whole[1] = 8;
        ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(2, changed);
        steps.set(i, whole);
        return;
      }
    }
  }

  /** The instructions with their arguments; the last may be anything. */
  private static List<byte[]> steps(byte[] pickle) {
    List<byte[]> steps = new ArrayList<>();
    for (int i = 0; i < pickle.length; ) {
      int n = Math.max(1, Math.min(length(pickle, i), pickle.length - i));
      steps.add(Arrays.copyOfRange(pickle, i, i + n));
      i += n;
    }
    return steps;
  }

  private static int length(byte[] p, int at) {
    int left = p.length - at;
    int one = left > 1 ? p[at + 1] & 0xFF : 0;
    return switch (p[at] & 0xFF) {
      case 0x80, 'K', 'q', 'h' -> 2;
      case 'M' -> 3;
      case 'J', 'r', 'j' -> 5;
      case 'G', 0x95 -> 9;
      case 0x8a, 0x8c, 'U', 'C' -> 2 + one;
      case 'X', 'T', 'B' -> {
        int text = left > 5 ? ByteBuffer.wrap(p).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 1) : 0;
        yield text < 0 || text > left ? 5 : 5 + text;
      }
      case 'c' -> {
        int end = at;
        for (int lines = 0; end < p.length && lines < 2; end++) {
          lines += p[end] == '\n' ? 1 : 0;
        }
        yield end - at;
      }
      default -> 1;
    };
  }
}
