package dev.headgate.testkit.http2;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ProtocolViolation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What every header block must keep to (RFC 9113, sections 8.2 and 8.3). */
final class HeaderRules {
  private static final Set<String> CONNECTION_SPECIFIC =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");
  private static final Set<String> OF_REQUESTS =
      Set.of(":method", ":scheme", ":authority", ":path", ":protocol");
  private static final Set<String> OF_RESPONSES = Set.of(":status");

  private HeaderRules() {}

  static void checkRequest(List<Header> headers) throws ProtocolViolation {
    check(headers, OF_REQUESTS);
    boolean connect = "CONNECT".equals(Header.first(headers, ":method"));
    boolean extended = Header.first(headers, ":protocol") != null;
    for (String name : List.of(":method", ":scheme", ":path")) {
      boolean needed = name.equals(":method") || !connect || extended;
      if (needed && Header.first(headers, name) == null) {
        throw new ProtocolViolation("No " + name + " in " + headers);
      }
    }
  }

  static void checkResponse(List<Header> headers) throws ProtocolViolation {
    check(headers, OF_RESPONSES);
    String status = Header.first(headers, ":status");
    if (status == null
        || status.length() != 3
        || !status.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ProtocolViolation("No proper :status in " + headers);
    }
  }

  static void checkTrailers(List<Header> headers) throws ProtocolViolation {
    check(headers, Set.of());
  }

  private static void check(List<Header> headers, Set<String> pseudo) throws ProtocolViolation {
    Set<String> seen = new HashSet<>();
    boolean regular = false;
    for (Header header : headers) {
      String name = header.name();
      if (name.startsWith(":")) {
        if (regular || !pseudo.contains(name) || !seen.add(name)) {
          throw new ProtocolViolation("A misplaced " + name + " in " + headers);
        }
      } else {
        regular = true;
        checkRegular(header, headers);
      }
    }
  }

  private static void checkRegular(Header header, List<Header> all) throws ProtocolViolation {
    String name = header.name();
    boolean badName =
        name.isEmpty()
            || name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z'));
    boolean badTe = name.equals("te") && !header.value().equals("trailers");
    boolean badValue = header.value().chars().anyMatch(c -> c == 0 || c == '\r' || c == '\n');
    boolean padded = !header.value().equals(header.value().strip());
    if (badName || badTe || badValue || padded || CONNECTION_SPECIFIC.contains(name)) {
      throw new ProtocolViolation("The field \"" + header + "\" in " + all);
    }
  }
}
