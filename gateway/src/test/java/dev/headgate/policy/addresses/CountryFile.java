package dev.headgate.policy.addresses;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes the smallest file in MaxMind's format (version 2.0) that holds what a test needs: a binary
 * tree over the bits of IPv4 addresses, whose leaves point at records in a data section.
 */
final class CountryFile {
  private static final int NODES = 33;

  private CountryFile() {}

  /** A database that knows the country of one IPv4 address. */
  static byte[] of(int address, String country) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // A path of 32 nodes; a record is 24 bits: a node, NODES for "nothing", or beyond: data.
    for (int bit = 0; bit < NODES; bit++) {
      int next = bit == 31 ? NODES + 16 : bit + 1;
      boolean one = bit < 32 && (address >>> (31 - bit) & 1) == 1;
      record(out, one || bit == 32 ? NODES : next);
      record(out, one ? next : NODES);
    }
    out.writeBytes(new byte[16]);
    map(out, Map.of("country", Map.of("iso_code", country)));
    out.writeBytes(new byte[] {(byte) 0xab, (byte) 0xcd, (byte) 0xef});
    out.writeBytes("MaxMind.com".getBytes(StandardCharsets.US_ASCII));
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("node_count", NODES);
    metadata.put("record_size", 24);
    metadata.put("ip_version", 4);
    metadata.put("database_type", "Test-Country");
    metadata.put("binary_format_major_version", 2);
    metadata.put("binary_format_minor_version", 0);
    metadata.put("build_epoch", 1);
    metadata.put("description", Map.of());
    map(out, metadata);
    return out.toByteArray();
  }

  private static void record(ByteArrayOutputStream out, int value) {
    out.write(value >> 16);
    out.write(value >> 8);
    out.write(value);
  }

  private static void map(ByteArrayOutputStream out, Map<?, ?> map) {
    out.write(7 << 5 | map.size());
    map.forEach((key, value) -> {
      write(out, key);
      write(out, value);
    });
  }

  private static void write(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case Map<?, ?> map -> map(out, map);
      case Integer number -> {
        out.write(6 << 5 | 4);
        out.write(number >> 24);
        out.write(number >> 16);
        out.write(number >> 8);
        out.write(number);
      }
      default -> {
        byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
        if (text.length >= 29) {
          throw new IllegalArgumentException("too long for a test");
        }
        out.write(2 << 5 | text.length);
        out.writeBytes(text);
      }
    }
  }
}
