package dev.headgate.policy.xmlthreats;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.CheckedBodies;
import dev.headgate.content.CheckedBodies.Refusal;
import java.util.Arrays;
import java.util.Locale;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;

/**
 * Checks XML that comes in pieces: Aalto's parser says whether it is well-formed and how its
 * elements lie in one another, after {@link MarkupScan} has bounded what the parser may have to
 * keep. Each body has a parser with tables of its own, so that no body leaves names behind.
 */
@LoopConfined
final class XmlCheck implements CheckedBodies.Check {
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final XmlThreats limits;
  private final MarkupScan scan;
  private final AsyncXMLStreamReader<AsyncByteArrayFeeder> parser =
      new InputFactoryImpl().createAsyncForByteArray();

  /** How much of a byte order mark has come. */
  private int mark;

  private long before;
  private int depth;
  private long elements;
  private int[] children = new int[16];

  XmlCheck(XmlThreats limits) {
    this.limits = limits;
    this.scan = new MarkupScan(limits);
  }

  @Override
  public @Nullable Refusal put(byte[] bytes, int from, int to) {
    int begin = afterMark(bytes, from, to);
    if (begin < to && mark > 0 && mark < MARK.length) {
      return malformed();
    }
    int end = scan.scan(bytes, begin, to);
    Refusal refusal = end == begin ? null : parse(bytes, begin, end);
    String reason = scan.refused();
    if (refusal == null && reason != null) {
      refusal = Refusal.bad(reason, "at byte " + (before + end - from));
    }
    before += to - from;
    return refusal;
  }

  /** One without a byte is no text, and passes. */
  @Override
  public @Nullable Refusal end() {
    if (before == 0) {
      return null;
    }
    parser.getInputFeeder().endOfInput();
    Refusal refusal = read();
    return refusal == null && (depth > 0 || elements == 0 || !scan.whole()) ? malformed() : refusal;
  }

  /** Skips the byte order mark with which a text may begin. */
  private int afterMark(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && before + at - from == mark && mark < MARK.length && bytes[at] == MARK[mark]) {
      mark++;
      at++;
    }
    return at;
  }

  private @Nullable Refusal parse(byte[] bytes, int from, int to) {
    try {
      parser.getInputFeeder().feedInput(bytes, from, to - from);
    } catch (XMLStreamException e) {
      return malformed();
    }
    return read();
  }

  /** Reads all that there is. What a parser says of a text may show it, and is not passed on. */
  private @Nullable Refusal read() {
    try {
      while (true) {
        int event = parser.next();
        Refusal refusal =
            switch (event) {
              case XMLStreamConstants.START_DOCUMENT -> encoding();
              case XMLStreamConstants.START_ELEMENT -> element();
              case XMLStreamConstants.END_ELEMENT -> {
                depth--;
                yield null;
              }
              case XMLStreamConstants.DTD -> Refusal.bad("xml.dtd", where());
              case XMLStreamConstants.ENTITY_REFERENCE -> Refusal.bad("xml.entity", where());
              default -> null;
            };
        if (refusal != null
            || event == AsyncXMLStreamReader.EVENT_INCOMPLETE
            || event == XMLStreamConstants.END_DOCUMENT) {
          return refusal;
        }
      }
    } catch (XMLStreamException | RuntimeException e) {
      return malformed();
    }
  }

  private @Nullable Refusal encoding() {
    String declared = parser.getCharacterEncodingScheme();
    String lower = declared == null ? "utf-8" : declared.toLowerCase(Locale.ROOT);
    return lower.equals("utf-8") || lower.equals("us-ascii")
        ? null
        : new Refusal(415, "xml.charset", "XML in another charset than UTF-8");
  }

  private @Nullable Refusal element() {
    if (++elements > limits.elements()) {
      return Refusal.bad("xml.too_many_elements", where());
    }
    if (depth > 0 && ++children[depth] > limits.children()) {
      return Refusal.bad("xml.too_many_children", where());
    }
    if (++depth > limits.depth()) {
      return Refusal.bad("xml.too_deep", where());
    }
    if (depth == children.length) {
      children = Arrays.copyOf(children, 2 * depth);
    }
    children[depth] = 0;
    if (parser.getAttributeCount() > limits.attributes()) {
      return Refusal.bad("xml.too_many_attributes", where());
    }
    return parser.getNamespaceCount() > limits.namespaces()
        ? Refusal.bad("xml.too_many_namespaces", where())
        : null;
  }

  private Refusal malformed() {
    return Refusal.bad("xml.malformed", where());
  }

  private String where() {
    return "at line "
        + parser.getLocation().getLineNumber()
        + ", column "
        + parser.getLocation().getColumnNumber();
  }
}
