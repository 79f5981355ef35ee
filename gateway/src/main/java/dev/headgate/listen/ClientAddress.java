package dev.headgate.listen;

import dev.headgate.config.Cidr;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, behind proxies: what {@code Forwarded} (RFC 7239) or else {@code X-Forwarded-For}
 * says, as far as trusted proxies said it.
 *
 * <p>Each proxy appends the address it was called from, so the list is walked from its end: as long
 * as an address is a trusted proxy's, the one before it can be believed. The first that is not is
 * the client. Anything that is no address ends the walk at the last address that was believed.
 */
final class ClientAddress {
  private static final int HOPS = 32;

  private ClientAddress() {}

  static void identify(Exchange exchange, List<Cidr> trusted) {
    if (!Cidr.anyContains(trusted, exchange.client().peer())) {
      return;
    }
    exchange.trustedPeer(true);
    Headers headers = exchange.requestHeaders();
    boolean standard = headers.has(HeaderName.FORWARDED);
    List<String> hops =
        members(headers.all(standard ? HeaderName.FORWARDED : HeaderName.X_FORWARDED_FOR));
    String proto = standard ? null : firstMember(headers.get(HeaderName.X_FORWARDED_PROTO));
    for (int i = hops.size() - 1, seen = 0; i >= 0 && seen < HOPS; i--, seen++) {
      String hop = standard ? parameter(hops.get(i), "for") : hops.get(i);
      InetAddress address = hop == null ? null : address(hop);
      if (address == null) {
        break;
      }
      exchange.clientAddress(address.getHostAddress());
      if (standard) {
        proto = parameter(hops.get(i), "proto");
      }
      if (!Cidr.anyContains(trusted, address)) {
        break;
      }
    }
    if (proto != null && (proto.equalsIgnoreCase("https") || proto.equalsIgnoreCase("http"))) {
      exchange.scheme(proto.equalsIgnoreCase("https") ? "https" : "http");
    }
  }

  /** The members of a comma-separated field, commas within quotes not counted. */
  private static List<String> members(List<String> values) {
    List<String> members = new ArrayList<>();
    for (String value : values) {
      boolean quoted = false;
      int from = 0;
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == '"') {
          quoted = !quoted;
        } else if (c == '\\' && quoted) {
          i++;
        } else if (c == ',' && !quoted) {
          members.add(value.substring(from, i).strip());
          from = i + 1;
        }
      }
      members.add(value.substring(from).strip());
    }
    return members;
  }

  private static @Nullable String firstMember(@Nullable String value) {
    if (value == null) {
      return null;
    }
    int comma = value.indexOf(',');
    return (comma < 0 ? value : value.substring(0, comma)).strip();
  }

  /** The value of a parameter of one Forwarded element, without quotes. */
  private static @Nullable String parameter(String element, String name) {
    for (int from = 0; from < element.length(); ) {
      int semicolon = element.indexOf(';', from);
      int to = semicolon < 0 ? element.length() : semicolon;
      String pair = element.substring(from, to).strip();
      if (pair.regionMatches(true, 0, name, 0, name.length())
          && pair.length() > name.length()
          && pair.charAt(name.length()) == '=') {
        String value = pair.substring(name.length() + 1);
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
            ? value.substring(1, value.length() - 1)
            : value;
      }
      from = to + 1;
    }
    return null;
  }

  /** A literal address, with or without port; never a name, for nothing is resolved here. */
  private static @Nullable InetAddress address(String text) {
    String host = text;
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      host = end < 0 ? "" : host.substring(1, end);
    } else if (host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':')) {
      host = host.substring(0, host.indexOf(':'));
    }
    return host.length() > 45 ? null : NetUtil.createInetAddressFromIpAddressString(host);
  }
}
