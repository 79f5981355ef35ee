package dev.headgate.policy.xmlthreats;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Looks at XML before the parser does: a parser keeps names, tags and comments until they are
 * whole, so here they are bounded as they come. It knows where markup begins and ends, as far as
 * that can be said of text that is well-formed; of the rest the parser says that it is not. It
 * refuses a document type at its first letter, and bytes that are no UTF-8 or no characters of XML.
 */
@LoopConfined
final class MarkupScan {
  private enum In {
    TEXT,
    /** Behind {@code <}. */
    OPEN,
    /** Behind {@code <!}. */
    DECLARATION,
    /** Behind {@code <![}. */
    SECTION,
    TAG,
    VALUE,
    COMMENT,
    INSTRUCTION,
    CDATA
  }

  private static final byte[] CDATA = {'C', 'D', 'A', 'T', 'A', '['};

  private final long longestName;
  private final long longestValue;
  private final long longestMarkup;
  private final long longestText;
  private final int most;

  private In in = In.TEXT;
  private long markup;
  private long text;
  private long name;
  private long value;
  private int values;
  private byte quote;

  /** How much of what ends or begins something has been seen, such as dashes. */
  private int matched;

  private int left;
  private int lowest;
  private int highest;

  private final ReferenceScan reference = new ReferenceScan();
  private boolean inReference;

  private @Nullable String refused;

  MarkupScan(XmlThreats limits) {
    this.longestName = limits.nameLength().bytes();
    this.longestValue = limits.attributeLength().bytes();
    this.longestMarkup = limits.markupLength().bytes();
    this.longestText = limits.textLength().bytes();
    this.most = limits.attributes() + limits.namespaces();
  }

  /** The reason of a refusal; null if there is none. */
  @Nullable String refused() {
    return refused;
  }

  /** Whether nothing has begun that has not ended. */
  boolean whole() {
    return in == In.TEXT && !inReference && left == 0;
  }

  /** Takes a piece and says where in it the first byte is that is refused; {@code to} for none. */
  int scan(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      byte one = bytes[at];
      boolean control = one >= 0 && one < ' ' && one != '\n' && one != '\r' && one != '\t';
      if (control || ((one < 0 || left > 0) && !utf8(one & 0xff))) {
        refused = "xml.malformed";
      } else {
        take(one);
      }
      if (refused != null) {
        return at;
      }
      at++;
    }
    return to;
  }

  private boolean utf8(int one) {
    if (left > 0) {
      boolean good = one >= lowest && one <= highest;
      lowest = 0x80;
      highest = 0xBF;
      left--;
      return good;
    }
    left = Utf8.following(one);
    lowest = Utf8.lowest(one);
    highest = Utf8.highest(one);
    return left > 0;
  }

  private void take(byte one) {
    switch (in) {
      case TEXT -> {
        characters(one);
        return;
      }
      case CDATA -> {
        text();
        ends(one, ']', 2);
        return;
      }
      case OPEN -> open(one);
      case DECLARATION -> declaration(one);
      case SECTION -> section(one);
      case TAG -> tag(one);
      case VALUE -> value(one);
      case COMMENT -> ends(one, '-', 2);
      case INSTRUCTION -> ends(one, '?', 1);
    }
    if (++markup > longestMarkup && refused == null) {
      refused = "xml.markup_too_long";
    }
  }

  /** Text outside of CDATA, in which the end of a CDATA section must not stand. */
  private void characters(byte one) {
    if (inReference) {
      text();
      reference(one);
    } else if (one == '<') {
      in = In.OPEN;
      markup = 1;
      matched = 0;
    } else {
      text();
      if (one == '&') {
        beginReference();
      } else if (one == '>' && matched == 2) {
        refused = "xml.malformed";
      }
      matched = one == ']' ? Math.min(matched + 1, 2) : 0;
    }
  }

  private void beginReference() {
    inReference = true;
    reference.begin();
  }

  private void reference(byte one) {
    switch (reference.put(one)) {
      case MORE -> {}
      case DONE -> inReference = false;
      case MALFORMED -> refused = "xml.malformed";
      case UNKNOWN -> refused = "xml.entity";
    }
  }

  private void text() {
    if (++text > longestText) {
      refused = "xml.text_too_long";
    }
  }

  private void open(byte one) {
    matched = 0;
    switch (one) {
      case '!' -> in = In.DECLARATION;
      case '?' -> in = In.INSTRUCTION;
      default -> {
        in = In.TAG;
        text = 0;
        values = 0;
        name = 1;
        if (one == '>') {
          refused = "xml.malformed";
        }
      }
    }
  }

  private void declaration(byte one) {
    if (one == '-') {
      in = In.COMMENT;
      // The second dash of the beginning must not count for the end: it is the parser's to miss.
      matched = -1;
    } else if (one == '[') {
      in = In.SECTION;
      matched = 0;
    } else {
      refused = "xml.dtd";
    }
  }

  private void section(byte one) {
    if (one != CDATA[matched]) {
      refused = "xml.malformed";
    } else if (++matched == CDATA.length) {
      in = In.CDATA;
      matched = 0;
    }
  }

  private void tag(byte one) {
    switch (one) {
      case '>' -> in = In.TEXT;
      case '"', '\'' -> {
        in = In.VALUE;
        quote = one;
        value = 0;
        if (++values > most) {
          refused = "xml.too_many_attributes";
        }
      }
      case ' ', '\t', '\r', '\n', '=', '/' -> name = 0;
      default -> {
        if (++name > longestName) {
          refused = "xml.name_too_long";
        }
      }
    }
  }

  private void value(byte one) {
    if (inReference) {
      reference(one);
    } else if (one == '&') {
      beginReference();
    }
    if (one == quote) {
      in = In.TAG;
      name = 0;
    } else if (++value > longestValue) {
      refused = "xml.attribute_too_long";
    }
  }

  /** Looks for so many of a byte, and {@code >} behind them. */
  private void ends(byte one, char mark, int count) {
    if (matched < 0) {
      matched = 0;
      if (one != mark) {
        refused = "xml.malformed";
      }
    } else if (one == mark) {
      matched = Math.min(matched + 1, count);
    } else if (one == '>' && matched == count) {
      in = In.TEXT;
      matched = 0;
    } else {
      matched = 0;
    }
  }
}
