package dev.headgate.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One header or trailer field, its name as it stood on the wire. */
public record Header(String name, String value) {

  /**
   * Splits {@code "name: value"}; a leading colon belongs to the name, as in {@code ":path: /"}.
   */
  public static Header parse(String line) {
    int colon = line.indexOf(':', 1);
    if (colon < 0) {
      throw new IllegalArgumentException("Not \"name: value\": " + line);
    }
    return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  /** The fields of {@code "name: value"} lines, in order. */
  public static List<Header> list(String... lines) {
    return Arrays.stream(lines).map(Header::parse).toList();
  }

  /** The value of the first field of that name, case ignored; null where there is none. */
  public static @Nullable String first(List<Header> headers, String name) {
    for (Header header : headers) {
      if (header.name.equalsIgnoreCase(name)) {
        return header.value;
      }
    }
    return null;
  }

  /** Every value of that name, case ignored, in order. */
  public static List<String> all(List<Header> headers, String name) {
    List<String> values = new ArrayList<>();
    for (Header header : headers) {
      if (header.name.equalsIgnoreCase(name)) {
        values.add(header.value);
      }
    }
    return List.copyOf(values);
  }

  @Override
  public String toString() {
    return name + ": " + value;
  }
}
