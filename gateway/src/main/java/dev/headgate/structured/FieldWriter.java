package dev.headgate.structured;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Writes structured fields in their one canonical form (RFC 9651 section 4.1). */
public final class FieldWriter {
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out = new StringBuilder();

  private FieldWriter() {}

  public static String dictionary(Map<String, Member> members) {
    FieldWriter writer = new FieldWriter();
    members.forEach((key, member) -> {
      writer.separate().out.append(key);
      if (member instanceof Member.Item(Bare.Flag(boolean on), var parameters) && on) {
        writer.parameters(parameters);
      } else {
        writer.out.append('=');
        writer.member(member);
      }
    });
    return writer.out.toString();
  }

  public static String list(List<Member> members) {
    FieldWriter writer = new FieldWriter();
    members.forEach(member -> writer.separate().member(member));
    return writer.out.toString();
  }

  public static String of(Member member) {
    FieldWriter writer = new FieldWriter();
    writer.member(member);
    return writer.out.toString();
  }

  private FieldWriter separate() {
    if (!out.isEmpty()) {
      out.append(", ");
    }
    return this;
  }

  private void member(Member member) {
    switch (member) {
      case Member.Item item -> item(item);
      case Member.InnerList list -> {
        out.append('(');
        for (int i = 0; i < list.items().size(); i++) {
          if (i > 0) {
            out.append(' ');
          }
          item(list.items().get(i));
        }
        out.append(')');
        parameters(list.parameters());
      }
    }
  }

  private void item(Member.Item item) {
    bare(item.value());
    parameters(item.parameters());
  }

  private void parameters(Map<String, Bare> parameters) {
    parameters.forEach((key, value) -> {
      out.append(';').append(key);
      if (!(value instanceof Bare.Flag(boolean on) && on)) {
        out.append('=');
        bare(value);
      }
    });
  }

  private void bare(Bare bare) {
    switch (bare) {
      case Bare.Whole(long value) -> out.append(value);
      case Bare.Decimal(long thousandths) -> decimal(thousandths);
      case Bare.Text(String value) ->
          out.append('"').append(value.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      case Bare.Token(String value) -> out.append(value);
      case Bare.Bytes(byte[] value) ->
          out.append(':').append(Base64.getEncoder().encodeToString(value)).append(':');
      case Bare.Flag(boolean value) -> out.append(value ? "?1" : "?0");
      case Bare.Date(long seconds) -> out.append('@').append(seconds);
      case Bare.Display(String value) -> display(value);
    }
  }

  private void decimal(long thousandths) {
    long fraction = Math.abs(thousandths) % 1000;
    out.append(thousandths < 0 ? "-" : "").append(Math.abs(thousandths) / 1000).append('.');
    do { // At least one digit.
      out.append(fraction / 100);
      fraction = fraction % 100 * 10;
    } while (fraction > 0);
  }

  private void display(String value) {
    out.append("%\"");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (b < ' ' || b == 0x7f || b == '%' || b == '"') {
        out.append('%').append(HEX.toHexDigits(b));
      } else {
        out.append((char) b);
      }
    }
    out.append('"');
  }
}
