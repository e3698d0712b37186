package dev.orograph.instrument.corpus;

import dev.orograph.model.forward.Inputs;
import dev.orograph.model.forward.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A text of any length, read in windows, each of which begins with the last half of the one before
 * as context; nothing is put in front of it, and its positions are counted anew.
 */
public final class Windows {
  private Windows() {}

  /** Receives windows that are computed side by side. */
  public interface Reader {
    /**
     * Some windows in their order.
     *
     * @param starts position of the text at which each begins
     * @param fresh of each the first position of the text that no window before it had
     */
    void read(Inputs windows, int[] starts, int[] fresh);
  }

  /** Positions of a window that are context of what comes next. */
  public static int overlap(int window) {
    return window / 2;
  }

  /**
   * Reads a text.
   *
   * @param window positions that are read at once, at least 2
   * @param together how many whole windows are computed side by side
   */
  public static void forEach(Transformer t, int[] ids, int window, int together, Reader reader) {
    if (window < 2 || ids.length == 0) {
      throw new IllegalArgumentException(ids.length + " ids in windows of " + window);
    }
    int done = 0;
    while (done < ids.length) {
      List<int[]> windows = new ArrayList<>();
      List<Integer> starts = new ArrayList<>();
      List<Integer> fresh = new ArrayList<>();
      int next = Math.max(0, done - overlap(window));
      do {
        int to = Math.min(ids.length, next + window);
        windows.add(Arrays.copyOfRange(ids, next, to));
        starts.add(next);
        fresh.add(done);
        done = to;
        next = to - overlap(window);
        // The last one may be shorter than the others: it comes by itself.
      } while (windows.size() < together && next + window <= ids.length);
      if (together > 1 && windows.size() == 1) {
        t.threads(1); // One alone would have them all, and other digits on another machine.
      }
      reader.read(Inputs.ids(windows), places(starts), places(fresh));
    }
  }

  private static int[] places(List<Integer> places) {
    return places.stream().mapToInt(Integer::intValue).toArray();
  }
}
