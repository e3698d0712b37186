package dev.orograph.report;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.Text;
import java.util.Iterator;
import java.util.Map;

/**
 * JSON as text that is the same characters wherever and whenever it is written.
 *
 * <p>Doubles are the shortest decimal that reads back to the same double. Characters that would act
 * on a terminal or turn a line of text around (controls, bidirectional marks, unpaired surrogates)
 * are written as {@code \}{@code uXXXX}: names in a checkpoint are whatever a stranger put there.
 */
final class JsonText {
  private static final int INLINE = 100;

  private final StringBuilder out = new StringBuilder(1 << 16);
  private final boolean indented;
  private final boolean markup;

  private JsonText(boolean indented, boolean markup) {
    this.indented = indented;
    this.markup = markup;
  }

  /**
   * For a file: one key per line, a list of plain values on one line, so one table row per line.
   */
  static String forFile(JsonNode node) {
    JsonText text = new JsonText(true, false);
    text.value(node, 0);
    return text.out.append('\n').toString();
  }

  /** For a {@code script} element: compact, with every character escaped that HTML could act on. */
  static String forMarkup(JsonNode node) {
    JsonText text = new JsonText(false, true);
    text.value(node, 0);
    return text.out.toString();
  }

  private void value(JsonNode node, int depth) {
    if (node.isObject()) {
      object(node, depth);
    } else if (node.isArray()) {
      array(node, depth);
    } else if (node.isTextual()) {
      quoted(node.textValue());
    } else if (node.isFloatingPointNumber() && !node.isBigDecimal()) {
      out.append(NumberOutput.toString(node.doubleValue(), true));
    } else {
      out.append(node.asText("null"));
    }
  }

  private void object(JsonNode node, int depth) {
    if (node.isEmpty()) {
      out.append("{}");
      return;
    }
    boolean inline = !indented || (depth > 0 && isShort(node));
    out.append('{');
    Iterator<Map.Entry<String, JsonNode>> fields = node.properties().iterator();
    while (fields.hasNext()) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (!inline) {
        line(depth + 1);
      }
      quoted(field.getKey());
      out.append(indented ? ": " : ":");
      value(field.getValue(), depth + 1);
      if (fields.hasNext()) {
        out.append(indented && inline ? ", " : ",");
      }
    }
    if (!inline) {
      line(depth);
    }
    out.append('}');
  }

  private void array(JsonNode node, int depth) {
    boolean inline = !indented || !hasContainer(node);
    out.append('[');
    for (int i = 0; i < node.size(); i++) {
      if (i > 0) {
        out.append(indented && inline ? ", " : ",");
      }
      if (!inline) {
        line(depth + 1);
      }
      value(node.get(i), depth + 1);
    }
    if (!inline && !node.isEmpty()) {
      line(depth);
    }
    out.append(']');
  }

  private void line(int depth) {
    out.append('\n').append("  ".repeat(depth));
  }

  private static boolean hasContainer(JsonNode node) {
    for (JsonNode child : node) {
      if (child.isContainerNode()) {
        return true;
      }
    }
    return false;
  }

  /** Whether an object fits on a line beside its neighbours, as an axis does. */
  private static boolean isShort(JsonNode node) {
    if (hasContainer(node)) {
      return false;
    }
    int length = 0;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      length += field.getKey().length() + field.getValue().asText().length() + 6;
    }
    return length <= INLINE;
  }

  private void quoted(String text) {
    out.append('"');
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int width = Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (!Text.printable(c) || (markup && (c == '<' || c == '>' || c == '&'))) {
            for (int k = i; k < i + width; k++) {
              out.append(Text.unit(text.charAt(k)));
            }
          } else {
            out.appendCodePoint(c);
          }
        }
      }
      i += width;
    }
    out.append('"');
  }
}
