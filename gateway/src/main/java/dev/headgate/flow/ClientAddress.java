package dev.headgate.flow;

import dev.headgate.config.Cidr;
import dev.headgate.config.Listener;
import dev.headgate.config.Listener.ForwardedField;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, behind proxies: what {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For} says, as
 * far as trusted proxies said it.
 *
 * <p>Each proxy appends the address it was called from, so the list is walked from its end: as long
 * as an address is a trusted proxy's, the one before it can be believed. The first that is not is
 * the client. Anything that is no address ends the walk at the last address that was believed.
 *
 * <p>A proxy writes one of the two fields and passes on what a client put into the other. So where
 * both are there they must name the same client, unless the configuration says which one counts.
 */
public final class ClientAddress {
  private static final int HOPS = 32;

  /** The longest IPv6 address as text, with an IPv4 address at its end. */
  private static final int LONGEST = 45;

  private ClientAddress() {}

  /** Who called a proxy, and how, as the proxy said it; null for what it did not say. */
  private record Said(@Nullable String client, @Nullable String proto) {}

  /** Who calls, as far as what was said can be believed; null for what is not known. */
  private record Caller(@Nullable InetAddress address, @Nullable String proto) {}

  /**
   * Whether a connection from there may come in. A trusted proxy's may: what is asked of its
   * clients is asked with each request.
   */
  public static boolean mayConnect(Listener listener, InetAddress peer) {
    return listener.addresses().allows(peer) || Cidr.anyContains(listener.trustedProxies(), peer);
  }

  /** Finds out who calls, and notes it in the exchange. */
  public static void identify(Exchange exchange, Listener listener) {
    List<Cidr> trusted = listener.trustedProxies();
    ForwardedField field = listener.forwardedField();
    if (!Cidr.anyContains(trusted, exchange.client().peer())) {
      return;
    }
    exchange.trustedPeer(true);
    Headers headers = exchange.requestHeaders();
    boolean standard = field != ForwardedField.X_FORWARDED_FOR && headers.has(HeaderName.FORWARDED);
    boolean usual = field != ForwardedField.FORWARDED && headers.has(HeaderName.X_FORWARDED_FOR);
    List<Said> hops = standard ? forwarded(headers) : usual ? xForwardedFor(headers) : List.of();
    Caller caller = walk(hops, trusted);
    if (standard && usual) {
      Caller other = walk(xForwardedFor(headers), trusted);
      if (caller.address() == null || !caller.address().equals(other.address())) {
        exchange.ambiguousCaller(true);
        return;
      }
    }
    if (caller.address() != null) {
      exchange.address(caller.address());
    }
    String proto = caller.proto();
    if (proto == null && !standard && field != ForwardedField.FORWARDED) {
      List<String> protos = members(headers.all(HeaderName.X_FORWARDED_PROTO));
      proto = protos.isEmpty() ? null : protos.getLast();
    }
    if (proto != null && (proto.equalsIgnoreCase("https") || proto.equalsIgnoreCase("http"))) {
      exchange.scheme(proto.equalsIgnoreCase("https") ? "https" : "http");
    }
  }

  private static Caller walk(List<Said> hops, List<Cidr> trusted) {
    InetAddress caller = null;
    String proto = null;
    for (int i = hops.size() - 1; i >= 0 && hops.size() - i <= HOPS; i--) {
      Said hop = hops.get(i);
      InetAddress address = hop.client() == null ? null : address(hop.client());
      if (address == null) {
        break;
      }
      caller = address;
      proto = hop.proto();
      if (!Cidr.anyContains(trusted, address)) {
        break;
      }
    }
    return new Caller(caller, proto);
  }

  private static List<Said> forwarded(Headers headers) {
    List<Said> hops = new ArrayList<>();
    for (String element : members(headers.all(HeaderName.FORWARDED))) {
      hops.add(new Said(parameter(element, "for"), parameter(element, "proto")));
    }
    return hops;
  }

  /**
   * Proxies either append the scheme that they were called with, so that there is one for each
   * address, or leave a single one: then the nearest proxy's word counts.
   */
  private static List<Said> xForwardedFor(Headers headers) {
    List<String> clients = members(headers.all(HeaderName.X_FORWARDED_FOR));
    List<String> protos = members(headers.all(HeaderName.X_FORWARDED_PROTO));
    boolean one = protos.size() != clients.size();
    List<Said> hops = new ArrayList<>();
    for (int i = 0; i < clients.size(); i++) {
      String proto = protos.isEmpty() ? null : one ? protos.getLast() : protos.get(i);
      hops.add(new Said(clients.get(i), proto));
    }
    return hops;
  }

  /** The members of a comma-separated field. */
  private static List<String> members(List<String> values) {
    List<String> members = new ArrayList<>();
    for (String value : values) {
      // A quote that a client opened must not swallow what a proxy has appended.
      boolean quotes = isBalanced(value);
      boolean quoted = false;
      int from = 0;
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c == '"') {
          quoted = quotes && !quoted;
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

  private static boolean isBalanced(String value) {
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      }
    }
    return !quoted;
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

  /**
   * A literal address, with or without port (RFC 7239 section 6), IPv6 without brackets too; never
   * a name, for nothing is resolved here.
   */
  private static @Nullable InetAddress address(String text) {
    int port;
    String host;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      host = end < 0 ? "" : text.substring(1, end);
      port = end + 1;
    } else {
      int colon = text.indexOf(':');
      port = colon == text.lastIndexOf(':') && colon >= 0 ? colon : text.length();
      host = text.substring(0, port);
    }
    boolean plausible =
        !host.isEmpty()
            && host.length() <= LONGEST
            && host.indexOf('%') < 0
            && (port == text.length() || text.charAt(port) == ':');
    return plausible ? NetUtil.createInetAddressFromIpAddressString(host) : null;
  }
}
