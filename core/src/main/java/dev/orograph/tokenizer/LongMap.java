package dev.orograph.tokenizer;

import java.util.SplittableRandom;

/** Numbers from 0 on under numbers from 0 on, without an object for each. */
final class LongMap {
  /** So that nobody can write a file whose keys all fall on one place. */
  private static final long SALT = new SplittableRandom().nextLong() | 1;

  private long[] keys;
  private int[] values;
  private int size;

  LongMap(int expected) {
    int slots = Math.max(16, Integer.highestOneBit(Math.max(1, expected)) * 4);
    keys = new long[slots];
    values = new int[slots];
  }

  /** The value of a key; -1 where it has none. */
  int get(long key) {
    return values[slot(key)] - 1;
  }

  /** Sets the value of a key. */
  void put(long key, int value) {
    int slot = slot(key);
    if (values[slot] == 0) {
      keys[slot] = key;
      size++;
    }
    values[slot] = value + 1;
    if (size * 2L > keys.length) {
      grow();
    }
  }

  private int slot(long key) {
    long h = key * SALT;
    h = (h ^ (h >>> 32)) * 0x9E3779B97F4A7C15L;
    int mask = keys.length - 1;
    int slot = (int) (h >>> 32) & mask;
    while (values[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
