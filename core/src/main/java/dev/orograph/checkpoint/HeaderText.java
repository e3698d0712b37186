package dev.orograph.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The header that {@link SafetensorsWriter} writes: its length, the JSON, spaces up to 8 bytes. */
final class HeaderText {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private HeaderText() {}

  /**
   * The header as bytes.
   *
   * @param metadata strings, written in the order of their keys; left out where empty
   * @param entries tensors in the order in which their bytes follow
   * @throws IllegalArgumentException for two tensors of one name, or a header that no reader takes
   */
  static byte[] of(Map<String, String> metadata, List<SafetensorsWriter.Entry> entries) {
    ObjectNode root = MAPPER.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode strings = root.putObject(SafetensorsHeader.METADATA);
      new TreeMap<>(metadata).forEach(strings::put);
    }
    long at = 0;
    for (SafetensorsWriter.Entry entry : entries) {
      if (root.has(entry.name())) {
        throw new IllegalArgumentException("two tensors are named " + entry.name());
      }
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.dtype().name());
      ArrayNode shape = node.putArray("shape");
      entry.shape().forEach(size -> shape.add(size.longValue()));
      long end = Math.addExact(at, TensorInfo.bytes(entry.dtype(), entry.shape()));
      node.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = bytes(root);
    int padded = (json.length + 7) / 8 * 8;
    byte[] header = new byte[8 + padded];
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    Arrays.fill(header, 8 + json.length, header.length, (byte) ' ');
    return header;
  }

  private static byte[] bytes(ObjectNode root) {
    byte[] json;
    try {
      json = MAPPER.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("names or metadata cannot be written as JSON", e);
    }
    if (json.length > SafetensorsHeader.MAX_BYTES - 7) {
      throw new IllegalArgumentException(
          "the header has " + json.length + " bytes, more than readers take");
    }
    return json;
  }
}
