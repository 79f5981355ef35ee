package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.CheckedBodies;
import dev.headgate.content.CheckedBodies.Refusal;
import dev.headgate.content.Utf8;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON text that comes in pieces (RFC 8259): its grammar, its UTF-8 and the limits. What it
 * says does not depend on how the text is split.
 *
 * <p>A machine over bytes. Its state says what may come next; for what is not finished within a
 * piece (a string, a number, a word, a character) it remembers how far it got. Brackets that are
 * open lie on a stack, with the number of what is in them. No value is ever made; of keys there are
 * ids, and for a key that comes in parts or has escapes its bytes until it ends.
 */
@LoopConfined
final class JsonCheck implements CheckedBodies.Check {
  private enum State {
    VALUE,
    FIRST_ITEM,
    FIRST_KEY,
    KEY,
    COLON,
    AFTER_VALUE,
    DONE,
    STRING,
    ESCAPE,
    HEX,
    CHARACTER,
    WORD,
    NUMBER
  }

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  private final JsonThreats limits;
  private final @Nullable HashKey hashKey;
  private final OpenKeys keys;
  private final KeyText keyText = new KeyText();
  private final NumberScan number;

  private State state = State.VALUE;
  private @Nullable Refusal refusal;

  /** How many bytes came before what is in hand; minus where that begins in its array. */
  private long before;

  private long values;

  // The open brackets: how much is in each, and which of them are objects.
  private int depth;
  private int[] counts = new int[8];
  private boolean[] objects = new boolean[8];

  // The string, word or character in hand.
  private boolean isKey;
  private boolean escaped;
  private int start;
  private long lengthBefore;
  private int left;
  private int lowest;
  private int highest;
  private byte[] word = TRUE;

  JsonCheck(JsonThreats limits, HashKey hashKey) {
    this.limits = limits;
    this.hashKey = limits.duplicateKeys() == JsonThreats.Duplicates.REJECT ? hashKey : null;
    this.keys = new OpenKeys(hashKey);
    this.number = new NumberScan(limits.numberLength(), limits.exponent());
  }

  @Override
  public @Nullable Refusal put(byte[] bytes, int from, int to) {
    before -= from;
    start = from;
    int at = from;
    while (at < to && refusal == null) {
      at =
          switch (state) {
            case VALUE, FIRST_ITEM, FIRST_KEY, KEY, COLON, AFTER_VALUE, DONE ->
                structure(bytes, at, to);
            case STRING -> string(bytes, at, to);
            case ESCAPE -> escape(bytes[at], at);
            case HEX -> hex(bytes[at], at);
            case CHARACTER -> character(bytes[at] & 0xff, at);
            case WORD -> word(bytes, at, to);
            case NUMBER -> number(bytes, at, to);
          };
    }
    if (refusal == null) {
      keepString(bytes, to);
    }
    before += to;
    return refusal;
  }

  /** One without a byte is no text, and passes. */
  @Override
  public @Nullable Refusal end() {
    if (before == 0) {
      return null;
    }
    boolean inNumber = state == State.NUMBER && depth == 0;
    if (inNumber && number.exponentTooLarge()) {
      return Refusal.bad("json.exponent_too_large", "at the end");
    }
    return state == State.DONE || (inNumber && number.whole())
        ? null
        : Refusal.bad("json.malformed", "it ends too early");
  }

  /** How many bytes are kept of what came, for tests of the bound. */
  int kept() {
    return keys.kept() + keyText.kept() + counts.length * 5;
  }

  private int refuse(String reason, int at) {
    refusal = Refusal.bad(reason, "at byte " + (before + at));
    return at;
  }

  private int malformed(int at) {
    return refuse("json.malformed", at);
  }

  // Between values.

  private int structure(byte[] bytes, int from, int to) {
    int at = from;
    byte one = bytes[at];
    while (one == ' ' || one == '\n' || one == '\r' || one == '\t') {
      if (++at == to) {
        return to;
      }
      one = bytes[at];
    }
    return switch (state) {
      case VALUE -> value(bytes, at, to);
      case FIRST_ITEM -> one == ']' ? close(bytes, at, to) : value(bytes, at, to);
      case FIRST_KEY -> one == '}' ? close(bytes, at, to) : key(bytes, at, to);
      case KEY -> key(bytes, at, to);
      case COLON -> {
        state = State.VALUE;
        yield one == ':' ? at + 1 : malformed(at);
      }
      case AFTER_VALUE -> {
        if (one == ',') {
          state = objects[depth] ? State.KEY : State.VALUE;
          yield at + 1;
        }
        yield one == (objects[depth] ? '}' : ']') ? close(bytes, at, to) : malformed(at);
      }
      case DONE, STRING, ESCAPE, HEX, CHARACTER, WORD, NUMBER -> malformed(at);
    };
  }

  private int value(byte[] bytes, int at, int to) {
    if (++values > limits.values()) {
      return refuse("json.too_many_values", at);
    }
    if (depth > 0 && !objects[depth] && ++counts[depth] > limits.items()) {
      return refuse("json.too_many_items", at);
    }
    byte one = bytes[at];
    return switch (one) {
      case '"' -> {
        begin(false, at + 1);
        yield string(bytes, at + 1, to);
      }
      case '{' -> open(true, at);
      case '[' -> open(false, at);
      case 't' -> begin(TRUE, bytes, at, to);
      case 'f' -> begin(FALSE, bytes, at, to);
      case 'n' -> begin(NULL, bytes, at, to);
      default -> {
        state = State.NUMBER;
        yield number.begin(one) ? number(bytes, at + 1, to) : malformed(at);
      }
    };
  }

  private int key(byte[] bytes, int at, int to) {
    if (bytes[at] != '"') {
      return malformed(at);
    }
    if (++counts[depth] > limits.keys()) {
      return refuse("json.too_many_keys", at);
    }
    begin(true, at + 1);
    return string(bytes, at + 1, to);
  }

  private int open(boolean object, int at) {
    if (depth == limits.depth()) {
      return refuse("json.too_deep", at);
    }
    depth++;
    if (depth == counts.length) {
      counts = Arrays.copyOf(counts, 2 * depth);
      objects = Arrays.copyOf(objects, 2 * depth);
    }
    counts[depth] = 0;
    objects[depth] = object;
    if (object) {
      keys.open();
    }
    state = object ? State.FIRST_KEY : State.FIRST_ITEM;
    return at + 1;
  }

  private int close(byte[] bytes, int at, int to) {
    if (objects[depth]) {
      keys.close();
    }
    depth--;
    return valueEnds(bytes, at + 1, to);
  }

  /** Takes the comma too if it comes at once, as it mostly does. */
  private int valueEnds(byte[] bytes, int next, int to) {
    if (depth == 0) {
      state = State.DONE;
    } else if (next < to && bytes[next] == ',') {
      state = objects[depth] ? State.KEY : State.VALUE;
      return next + 1;
    } else {
      state = State.AFTER_VALUE;
    }
    return next;
  }

  // Strings.

  private void begin(boolean key, int at) {
    state = State.STRING;
    isKey = key;
    escaped = false;
    start = at;
    lengthBefore = 0;
    keyText.clear();
  }

  private int string(byte[] bytes, int from, int to) {
    int at = from;
    while (true) {
      at = StringScan.plain(bytes, at, to);
      if (at == to) {
        return to;
      }
      byte one = bytes[at];
      if (one == '"') {
        return stringEnds(bytes, at, to);
      }
      if (one == '\\') {
        escaped = true;
        state = State.ESCAPE;
        return at + 1;
      }
      if (one >= 0) {
        return malformedString(at);
      }
      at = nonAscii(bytes, at, to);
      if (refusal != null || state != State.STRING) {
        return at;
      }
    }
  }

  /**
   * Reads a character at once if all of it is there and good; else it is {@link State#CHARACTER}'s,
   * which finds the byte that is wrong.
   */
  private int nonAscii(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    left = Utf8.following(lead);
    if (left == 0) {
      return malformedString(at);
    }
    lowest = Utf8.lowest(lead);
    highest = Utf8.highest(lead);
    boolean good = to - at > left;
    if (good) {
      int second = bytes[at + 1] & 0xff;
      good = second >= lowest && second <= highest;
      for (int i = 2; i <= left; i++) {
        good &= (bytes[at + i] & 0xC0) == 0x80;
      }
    }
    if (good) {
      return at + 1 + left;
    }
    state = State.CHARACTER;
    return at + 1;
  }

  /** Of a string that is too long that is said, wherever its pieces end. */
  private int malformedString(int at) {
    return refuse(tooLong(at) ? tooLongReason() : "json.malformed", at);
  }

  private int character(int one, int at) {
    if (one < lowest || one > highest) {
      return malformedString(at);
    }
    lowest = 0x80;
    highest = 0xBF;
    if (--left == 0) {
      state = State.STRING;
    }
    return at + 1;
  }

  private int escape(byte one, int at) {
    switch (one) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> state = State.STRING;
      case 'u' -> {
        state = State.HEX;
        left = 4;
      }
      default -> {
        return malformedString(at);
      }
    }
    return at + 1;
  }

  private int hex(byte one, int at) {
    int lower = one | 0x20;
    if (!(one >= '0' && one <= '9') && !(lower >= 'a' && lower <= 'f')) {
      return malformedString(at);
    }
    if (--left == 0) {
      state = State.STRING;
    }
    return at + 1;
  }

  private boolean tooLong(int at) {
    long most = isKey ? limits.keyLength().bytes() : limits.stringLength().bytes();
    return lengthBefore + (at - start) > most;
  }

  private String tooLongReason() {
    return isKey ? "json.key_too_long" : "json.string_too_long";
  }

  private int stringEnds(byte[] bytes, int at, int to) {
    if (tooLong(at)) {
      return refuse(tooLongReason(), at);
    }
    if (!isKey) {
      return valueEnds(bytes, at + 1, to);
    }
    if (hashKey != null && !keys.add(id(hashKey, bytes, at))) {
      return refuse("json.duplicate_key", at);
    }
    boolean colon = at + 1 < to && bytes[at + 1] == ':';
    state = colon ? State.VALUE : State.COLON;
    return colon ? at + 2 : at + 1;
  }

  private long id(HashKey key, byte[] bytes, int end) {
    if (keyText.isEmpty() && !escaped) {
      return key.id(bytes, start, end);
    }
    keyText.add(bytes, start, end);
    if (escaped) {
      keyText.unescape();
    }
    return keyText.id(key);
  }

  /** The piece ends within a string: keeps what the next piece's part of it needs. */
  private void keepString(byte[] bytes, int to) {
    switch (state) {
      case STRING, ESCAPE, HEX, CHARACTER -> {
        if (tooLong(to)) {
          refuse(tooLongReason(), to);
        } else if (isKey) {
          keyText.add(bytes, start, to);
        }
        lengthBefore += to - start;
      }
      case VALUE, FIRST_ITEM, FIRST_KEY, KEY, COLON, AFTER_VALUE, DONE, WORD, NUMBER -> {}
    }
  }

  // Words and numbers.

  private int begin(byte[] expected, byte[] bytes, int at, int to) {
    int end = at + expected.length;
    if (end <= to && Arrays.equals(bytes, at, end, expected, 0, expected.length)) {
      return valueEnds(bytes, end, to);
    }
    state = State.WORD;
    word = expected;
    left = expected.length - 1;
    return at + 1;
  }

  private int word(byte[] bytes, int at, int to) {
    if (bytes[at] != word[word.length - left]) {
      return malformed(at);
    }
    return --left == 0 ? valueEnds(bytes, at + 1, to) : at + 1;
  }

  private int number(byte[] bytes, int from, int to) {
    int at = number.scan(bytes, from, to);
    if (number.tooLong()) {
      return refuse("json.number_too_long", at);
    }
    if (at == to) {
      return to;
    }
    if (number.exponentTooLarge()) {
      return refuse("json.exponent_too_large", at);
    }
    return number.whole() ? valueEnds(bytes, at, to) : malformed(at);
  }
}
