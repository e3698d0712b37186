package dev.orograph.report;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Writes {@code js/glyphs.js} from a font: {@code GlyphOutlines FONT.ttf glyphs.js}. Run by hand
 * where letters are to be added; the font is Liberation Sans 2.1.5 (SIL Open Font License).
 */
final class GlyphOutlines {
  private static final float EM = 500;

  /** Latin, Greek, punctuation, arrows and signs of mathematics. */
  private static final int[][] RANGES = {
    {0x20, 0x7e}, {0xa0, 0xff}, {0x391, 0x3c9}, {0x2010, 0x2026}, {0x2032, 0x2033},
    {0x2070, 0x208e}, {0x2190, 0x2195}, {0x2202, 0x2265}, {0x25a0, 0x25a1}, {0x25cb, 0x25cf}
  };

  private GlyphOutlines() {}

  public static void main(String[] args) throws IOException, java.awt.FontFormatException {
    Font font = Font.createFont(Font.TRUETYPE_FONT, Path.of(args[0]).toFile()).deriveFont(EM);
    FontRenderContext context = new FontRenderContext(new AffineTransform(), false, true);
    StringBuilder out = new StringBuilder(1 << 16);
    out.append(
        """
        /*
         * Outlines of letters for pictures that leave the page, by character: how far it advances and its
         * path, in 500ths of the size, y downwards. Made from a font under the SIL Open Font
         * License 1.1 (see NOTICE.md) by GlyphOutlines.
         */
        export const GLYPHS = {
        """);
    for (int[] range : RANGES) {
      IntStream.rangeClosed(range[0], range[1])
          .filter(font::canDisplay)
          .forEach(c -> out.append(line(font, context, c)));
    }
    out.append("};\n");
    Files.writeString(Path.of(args[1]), out.toString(), StandardCharsets.UTF_8);
  }

  private static String line(Font font, FontRenderContext context, int c) {
    GlyphVector v = font.createGlyphVector(context, Character.toString(c));
    int advance = Math.round(v.getGlyphMetrics(0).getAdvance());
    return String.format("  0x%x: [%d, '%s'],%n", c, advance, path(v));
  }

  private static String path(GlyphVector v) {
    StringBuilder d = new StringBuilder();
    float[] p = new float[6];
    // Relative to where the pen is, which rounding moves.
    long[] at = new long[2];
    long[] begun = new long[2];
    for (PathIterator i = v.getGlyphOutline(0).getPathIterator(null); !i.isDone(); i.next()) {
      switch (i.currentSegment(p)) {
        case PathIterator.SEG_MOVETO -> {
          step(d, 'm', p, 1, at);
          begun = at.clone();
        }
        case PathIterator.SEG_LINETO -> step(d, 'l', p, 1, at);
        case PathIterator.SEG_QUADTO -> step(d, 'q', p, 2, at);
        case PathIterator.SEG_CLOSE -> {
          d.append('z');
          at = begun.clone();
        }
        default -> throw new IllegalArgumentException("a font of cubic curves");
      }
    }
    return d.toString();
  }

  private static void step(StringBuilder d, char command, float[] p, int points, long[] at) {
    d.append(command);
    long[] from = at.clone();
    for (int k = 0; k < 2 * points; k++) {
      long to = Math.round(p[k]);
      long by = to - from[k % 2];
      d.append(k > 0 && by >= 0 ? " " : "").append(by);
      at[k % 2] = to;
    }
  }
}
