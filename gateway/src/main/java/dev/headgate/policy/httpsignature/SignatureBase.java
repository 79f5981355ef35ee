package dev.headgate.policy.httpsignature;

import static dev.headgate.policy.httpsignature.MessageSignature.malformed;

import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Query;
import dev.headgate.structured.FieldReader;
import dev.headgate.structured.FieldWriter;
import dev.headgate.structured.Malformed;
import dev.headgate.structured.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was signed, put together from a request (RFC 9421 section 2.5): a line for each component,
 * in the order in which the signature has them, and one with its parameters.
 *
 * <p>The request is taken as it came, before the gateway changes anything. What a signature makes
 * the gateway read is bounded: the same field can be asked for under many names.
 */
final class SignatureBase {
  private static final int MOST_COMPONENTS = 64;
  private static final int MOST_CHARACTERS = 64 * 1024;

  /** Fields that are known to be structured ones, and which (RFC 9421 section 2.1.1). */
  private static final Map<String, Form> STRUCTURED =
      Map.ofEntries(
          Map.entry("accept-signature", Form.DICTIONARY),
          Map.entry("cache-status", Form.LIST),
          Map.entry("client-cert", Form.ITEM),
          Map.entry("client-cert-chain", Form.LIST),
          Map.entry("content-digest", Form.DICTIONARY),
          Map.entry("priority", Form.DICTIONARY),
          Map.entry("proxy-status", Form.LIST),
          Map.entry("repr-digest", Form.DICTIONARY),
          Map.entry("signature", Form.DICTIONARY),
          Map.entry("signature-input", Form.DICTIONARY),
          Map.entry("want-content-digest", Form.DICTIONARY),
          Map.entry("want-repr-digest", Form.DICTIONARY));

  private enum Form {
    ITEM,
    LIST,
    DICTIONARY
  }

  private final Exchange exchange;
  private final List<Component> components = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();
  private int read;

  private SignatureBase(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Puts together what a signature says that it covers. */
  static SignatureBase of(Exchange exchange, Member.InnerList covered) throws Refused {
    if (covered.items().size() > MOST_COMPONENTS) {
      throw malformed("it covers more than " + MOST_COMPONENTS + " components");
    }
    SignatureBase base = new SignatureBase(exchange);
    Set<String> identifiers = new HashSet<>();
    for (int i = 0; i < covered.items().size(); i++) {
      String which = "component " + (i + 1);
      Component component = Component.of(covered.items().get(i), which);
      if (!identifiers.add(component.identifier())) {
        throw malformed(which + " was there before");
      }
      base.components.add(component);
      base.line(component.identifier(), base.value(component, which));
    }
    base.out.append("\"@signature-params\": ").append(FieldWriter.of(covered));
    return base;
  }

  /** What is covered. */
  List<Component> components() {
    return components;
  }

  byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private void line(String identifier, String value) {
    out.append(identifier).append(": ").append(value).append('\n');
  }

  private String value(Component component, String which) throws Refused {
    String value =
        component.name().startsWith("@")
            ? derived(component, which)
            : field(component, HeaderName.of(component.name()), which);
    read(value);
    return value;
  }

  /** Counts what is read and written, so that no request makes much of it. */
  private void read(String text) throws Refused {
    read += text.length();
    if (read > MOST_CHARACTERS) {
      throw malformed("it covers more than " + MOST_CHARACTERS + " characters");
    }
  }

  private String derived(Component component, String which) throws Refused {
    String target = exchange.target();
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? "" : target.substring(question + 1);
    return switch (component.name()) {
      case "@method" -> exchange.method();
      case "@scheme" -> exchange.scheme();
      case "@authority" -> authority();
      case "@target-uri" ->
          exchange.scheme() + "://" + authority() + (target.startsWith("/") ? target : "");
      case "@request-target" -> target;
      case "@path" -> path;
      case "@query" -> "?" + query;
      default -> {
        String value = Query.onlyEncoded(query, component.argument());
        if (value == null) {
          throw malformed(which + " is a query parameter that is missing, or there several times");
        }
        yield value;
      }
    };
  }

  /** In lower case and without the scheme's usual port (RFC 9421 section 2.2.3). */
  private String authority() {
    String authority = exchange.authority().toLowerCase(Locale.ROOT);
    String usual = exchange.scheme().equals("https") ? ":443" : ":80";
    return authority.endsWith(usual)
        ? authority.substring(0, authority.length() - usual.length())
        : authority;
  }

  private String field(Component component, HeaderName name, String which) throws Refused {
    if (!exchange.requestHeaders().has(name)) {
      throw malformed(which + " is a field that the request does not have");
    }
    List<String> lines =
        exchange.requestHeaders().all(name).stream().map(SignatureBase::trimmed).toList();
    return switch (component.parameter()) {
      case "bs" ->
          String.join(
              ", ",
              lines.stream()
                  .map(line ->
                      ":"
                          + Base64.getEncoder()
                              .encodeToString(line.getBytes(StandardCharsets.ISO_8859_1))
                          + ":")
                  .toList());
      case "sf" -> structured(String.join(", ", lines), STRUCTURED.get(component.name()), which);
      case "key" -> member(String.join(", ", lines), component.argument(), which);
      default -> ascii(String.join(", ", lines), which);
    };
  }

  private static String trimmed(String line) {
    int from = 0;
    int to = line.length();
    while (from < to && isBlank(line.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(line.charAt(to - 1))) {
      to--;
    }
    return line.substring(from, to);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static String ascii(String value, String which) throws Refused {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > '~') {
        throw malformed(which + " is a field that is not ASCII, and could only be covered as 'bs'");
      }
    }
    return value;
  }

  private String structured(String field, @Nullable Form form, String which) throws Refused {
    if (form == null) {
      throw malformed(which + " is a field that is not known to be structured");
    }
    read(field);
    try {
      return switch (form) {
        case ITEM -> FieldWriter.of(FieldReader.item(field));
        case LIST -> FieldWriter.list(FieldReader.list(field));
        case DICTIONARY -> FieldWriter.dictionary(FieldReader.dictionary(field));
      };
    } catch (Malformed e) {
      throw malformed(which + " is no structured field: " + e.getMessage());
    }
  }

  private String member(String field, String key, String which) throws Refused {
    read(field);
    try {
      Member member = FieldReader.dictionary(field).get(key);
      if (member == null) {
        throw malformed(which + " is a member that the field does not have");
      }
      return FieldWriter.of(member);
    } catch (Malformed e) {
      throw malformed(which + " is of a field that is no dictionary: " + e.getMessage());
    }
  }
}
