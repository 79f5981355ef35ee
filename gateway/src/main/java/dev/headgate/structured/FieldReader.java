package dev.headgate.structured;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads structured fields (RFC 9651 section 4.2), in time that grows with their length. Stricter
 * than the standard in one point: a key that is there twice makes a field malformed, where the
 * standard lets the last one count, as two readers must not understand it differently.
 *
 * <p>A field that is sent in several lines is read as one, with a comma and a space between them.
 */
public final class FieldReader {
  private static final int MOST_DIGITS = 15;
  private static final int MOST_DIGITS_BEFORE_POINT = 12;
  private static final int MOST_DIGITS_AFTER_POINT = 3;
  private static final char END = '\0';

  private final String text;
  private int at;

  private FieldReader(String text) {
    this.text = text;
  }

  /** What one kind of field is read into. */
  private interface Reading<T> {
    T of(FieldReader reader) throws Malformed;
  }

  private static <T> T whole(String field, Reading<T> reading) throws Malformed {
    FieldReader reader = new FieldReader(field);
    reader.skipSpaces();
    T value = reading.of(reader);
    reader.skipSpaces();
    if (!reader.atEnd()) {
      throw reader.malformed("something that does not belong there");
    }
    return value;
  }

  /**
   * Reads a dictionary, in the order of its keys.
   *
   * @param field one character for each byte
   */
  public static Map<String, Member> dictionary(String field) throws Malformed {
    return whole(
        field,
        reader -> {
          Map<String, Member> members = new LinkedHashMap<>();
          for (boolean more = !reader.atEnd(); more; more = reader.comma()) {
            int begin = reader.at;
            String key = reader.key();
            Member member =
                reader.take('=')
                    ? reader.member()
                    : new Member.Item(new Bare.Flag(true), reader.parameters());
            if (members.put(key, member) != null) {
              reader.at = begin;
              throw reader.malformed("a key that was there before");
            }
          }
          return members;
        });
  }

  /** Reads a list. */
  public static List<Member> list(String field) throws Malformed {
    return whole(
        field,
        reader -> {
          List<Member> members = new ArrayList<>();
          for (boolean more = !reader.atEnd(); more; more = reader.comma()) {
            members.add(reader.member());
          }
          return members;
        });
  }

  /** Reads an item. */
  public static Member.Item item(String field) throws Malformed {
    return whole(field, FieldReader::item);
  }

  /** Whether a comma leads to a further member. */
  private boolean comma() throws Malformed {
    skipBlanks();
    if (atEnd()) {
      return false;
    }
    expect(',');
    skipBlanks();
    if (atEnd()) {
      throw malformed("nothing after a comma");
    }
    return true;
  }

  private Member member() throws Malformed {
    return peek() == '(' ? innerList() : item();
  }

  private Member.InnerList innerList() throws Malformed {
    expect('(');
    List<Member.Item> items = new ArrayList<>();
    while (true) {
      int before = at;
      skipSpaces();
      if (take(')')) {
        return new Member.InnerList(items, parameters());
      }
      if (!items.isEmpty() && at == before) {
        throw malformed("no space between two items");
      }
      items.add(item());
    }
  }

  private Member.Item item() throws Malformed {
    Bare value = bare();
    return new Member.Item(value, parameters());
  }

  private Map<String, Bare> parameters() throws Malformed {
    if (peek() != ';') {
      return Map.of();
    }
    Map<String, Bare> parameters = new LinkedHashMap<>();
    while (take(';')) {
      skipSpaces();
      int begin = at;
      String key = key();
      Bare value = take('=') ? bare() : new Bare.Flag(true);
      if (parameters.put(key, value) != null) {
        at = begin;
        throw malformed("a parameter that was there before");
      }
    }
    return parameters;
  }

  private String key() throws Malformed {
    int begin = at;
    if (!isLower(peek()) && peek() != '*') {
      throw malformed("no key");
    }
    while (isLower(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
      at++;
    }
    return text.substring(begin, at);
  }

  private Bare bare() throws Malformed {
    char first = peek();
    return switch (first) {
      case '"' -> new Bare.Text(string());
      case ':' -> bytes();
      case '?' -> flag();
      case '@' -> date();
      case '%' -> display();
      default -> {
        if (first == '-' || isDigit(first)) {
          yield number();
        }
        if (isLetter(first) || first == '*') {
          yield token();
        }
        throw malformed("no value");
      }
    };
  }

  private Bare number() throws Malformed {
    boolean negative = take('-');
    int begin = at;
    long digits = digits();
    if (!take('.')) {
      return new Bare.Whole(negative ? -digits : digits);
    }
    int point = at - 1;
    if (point - begin > MOST_DIGITS_BEFORE_POINT) {
      throw malformed("too many digits");
    }
    long fraction = digits();
    int count = at - point - 1;
    if (count > MOST_DIGITS_AFTER_POINT) {
      throw malformed("too many digits");
    }
    for (int i = count; i < MOST_DIGITS_AFTER_POINT; i++) {
      fraction *= 10;
    }
    long thousandths = digits * 1000 + fraction;
    return new Bare.Decimal(negative ? -thousandths : thousandths);
  }

  private long digits() throws Malformed {
    int begin = at;
    long value = 0;
    for (; isDigit(peek()); at++) {
      if (at - begin == MOST_DIGITS) {
        throw malformed("too many digits");
      }
      value = value * 10 + (peek() - '0');
    }
    if (at == begin) {
      throw malformed("no digit");
    }
    return value;
  }

  private String string() throws Malformed {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (!take('"')) {
      boolean escaped = take('\\');
      char c = peek();
      if (c < ' ' || c > '~' || (escaped && c != '"' && c != '\\')) {
        throw malformed("a string that is not closed, or has what no string has");
      }
      out.append(c);
      at++;
    }
    return out.toString();
  }

  private Bare token() {
    int begin = at;
    while (isLetter(peek())
        || isDigit(peek())
        || (peek() != END && "!#$%&'*+-.^_`|~:/".indexOf(peek()) >= 0)) {
      at++;
    }
    return new Bare.Token(text.substring(begin, at));
  }

  private Bare bytes() throws Malformed {
    expect(':');
    int end = text.indexOf(':', at);
    if (end < 0) {
      throw malformed("a byte sequence that is not closed");
    }
    try {
      Bare bytes = new Bare.Bytes(Base64.getDecoder().decode(text.substring(at, end)));
      at = end + 1;
      return bytes;
    } catch (IllegalArgumentException e) {
      throw malformed("no base64");
    }
  }

  private Bare flag() throws Malformed {
    expect('?');
    boolean value = peek() == '1';
    if (!value && peek() != '0') {
      throw malformed("no boolean");
    }
    at++;
    return new Bare.Flag(value);
  }

  private Bare date() throws Malformed {
    expect('@');
    if (number() instanceof Bare.Whole seconds) {
      return new Bare.Date(seconds.value());
    }
    throw malformed("a date with a fraction");
  }

  private Bare display() throws Malformed {
    expect('%');
    expect('"');
    int end = Math.max(at, text.indexOf('"', at));
    ByteBuffer bytes = ByteBuffer.allocate(end - at);
    while (!take('"')) {
      char c = at < end ? peek() : END;
      if (c < ' ' || c > '~') {
        throw malformed("a display string that is not closed, or has what none has");
      }
      at++;
      bytes.put((byte) (c == '%' ? hex() << 4 | hex() : c));
    }
    try {
      return new Bare.Display(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      throw malformed("a display string that is not UTF-8");
    }
  }

  private int hex() throws Malformed {
    int digit = "0123456789abcdef".indexOf(peek());
    if (digit < 0) {
      throw malformed("no hexadecimal digit");
    }
    at++;
    return digit;
  }

  private boolean atEnd() {
    return at == text.length();
  }

  /** The next character; {@link #END}, which no field has, behind the last. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private boolean take(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(char wanted) throws Malformed {
    if (!take(wanted)) {
      throw malformed("no '" + wanted + "'");
    }
  }

  private void skipSpaces() {
    while (peek() == ' ') {
      at++;
    }
  }

  private void skipBlanks() {
    while (peek() == ' ' || peek() == '\t') {
      at++;
    }
  }

  private Malformed malformed(String what) {
    return new Malformed(what, at);
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isLetter(char c) {
    return isLower(c) || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
