package dev.headgate.policy.oidc;

import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one policy that a request brings: the session, in several pieces if it is long,
 * and the logins that have been begun. All their names begin with the session's.
 *
 * <p>The session's first cookie begins with the number of its pieces, so that pieces which are left
 * of a longer one do no harm. Of a name that comes twice no cookie counts: one of the two was not
 * set by us.
 */
final class Cookies {
  /** How many logins a browser keeps that begins a further one. */
  private static final int LOGINS = 3;

  private static final int MOST_CLEARED = 8;

  private static final String LOGIN = "-login-";
  private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=";
  private static final int PIECE = 3800;
  private static final int MOST_PIECES = 6;

  private final String name;

  /** In the order of the request, in which browsers put the oldest first (RFC 6265 section 5.4). */
  private final Map<String, String> values;

  private Cookies(String name, Map<String, String> values) {
    this.name = name;
    this.values = values;
  }

  /**
   * @param name of the session's cookie
   */
  static Cookies of(Exchange exchange, String name) {
    Headers headers = exchange.requestHeaders();
    if (!headers.has(HeaderName.COOKIE)) {
      return new Cookies(name, Map.of());
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : pairs(headers)) {
      String its = nameOf(pair);
      if (isOurs(its, name)) {
        String value = pair.substring(Math.min(its.length() + 1, pair.length()));
        values.merge(its, value, (_, _) -> "");
      }
    }
    return new Cookies(name, values);
  }

  private static List<String> pairs(Headers headers) {
    List<String> pairs = new ArrayList<>();
    for (String pair : String.join(";", headers.all(HeaderName.COOKIE)).split(";", -1)) {
      if (!pair.isBlank()) {
        pairs.add(pair.strip());
      }
    }
    return pairs;
  }

  private static String nameOf(String pair) {
    int equals = pair.indexOf('=');
    return equals < 0 ? pair : pair.substring(0, equals);
  }

  private static boolean isOurs(String name, String session) {
    return name.equals(session)
        || name.startsWith(session + ".")
        || name.startsWith(session + LOGIN);
  }

  /** Takes them out of the request: they are nothing for an upstream. */
  static void remove(Exchange exchange, String name) {
    Headers headers = exchange.requestHeaders();
    if (!headers.has(HeaderName.COOKIE)) {
      return;
    }
    List<String> pairs = pairs(headers);
    if (pairs.removeIf(pair -> isOurs(nameOf(pair), name))) {
      headers.remove(HeaderName.COOKIE);
      if (!pairs.isEmpty()) {
        headers.add(HeaderName.COOKIE, String.join("; ", pairs));
      }
    }
  }

  /** The sealed session; null if there is none, or not all of it. */
  @Nullable String session() {
    String first = values.get(name);
    if (first == null || first.isEmpty()) {
      return null;
    }
    int pieces = first.charAt(0) - '0';
    if (pieces < 1 || pieces > MOST_PIECES) {
      return null;
    }
    StringBuilder sealed = new StringBuilder(first.substring(1));
    for (int i = 1; i < pieces; i++) {
      String piece = values.get(name + "." + i);
      if (piece == null) {
        return null;
      }
      sealed.append(piece);
    }
    return sealed.toString();
  }

  /** Whether there is anything of a session. */
  boolean hasSession() {
    return values.containsKey(name);
  }

  /** The sealed login that was begun under that key. */
  @Nullable String login(String key) {
    return values.get(name + LOGIN + key);
  }

  /** What sets the session's cookies; empty if the session is too long for them. */
  List<String> settingSession(String sealed, Duration age) {
    int pieces = Math.ceilDiv(sealed.length() + 1, PIECE);
    if (pieces > MOST_PIECES) {
      return List.of();
    }
    String all = pieces + sealed;
    List<String> setting = new ArrayList<>();
    for (int i = 0; i < pieces; i++) {
      String piece = all.substring(i * PIECE, Math.min((i + 1) * PIECE, all.length()));
      setting.add(setting(i == 0 ? name : name + "." + i, piece, age));
    }
    setting.addAll(clearingPieces(pieces));
    return setting;
  }

  /** What takes the session away. */
  List<String> clearingSession() {
    List<String> clearing = new ArrayList<>();
    if (hasSession()) {
      clearing.add(setting(name, "", Duration.ZERO));
    }
    clearing.addAll(clearingPieces(1));
    return clearing;
  }

  private List<String> clearingPieces(int from) {
    List<String> clearing = new ArrayList<>();
    for (int i = from; i < MOST_PIECES; i++) {
      if (values.containsKey(name + "." + i)) {
        clearing.add(setting(name + "." + i, "", Duration.ZERO));
      }
    }
    return clearing;
  }

  String settingLogin(String key, String sealed, Duration age) {
    return setting(name + LOGIN + key, sealed, age);
  }

  String clearingLogin(String key) {
    return setting(name + LOGIN + key, "", Duration.ZERO);
  }

  /** What takes the oldest logins away, so that a further one is not one too many. */
  List<String> clearingOldLogins() {
    List<String> logins =
        values.keySet().stream().filter(its -> its.startsWith(name + LOGIN)).toList();
    int old = Math.clamp(logins.size() - LOGINS, 0, MOST_CLEARED);
    return logins.subList(0, old).stream().map(its -> setting(its, "", Duration.ZERO)).toList();
  }

  private static String setting(String name, String value, Duration age) {
    return name + "=" + value + ATTRIBUTES + age.toSeconds();
  }
}
