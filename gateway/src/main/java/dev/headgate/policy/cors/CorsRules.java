package dev.headgate.policy.cors;

import dev.headgate.exchange.Origins;
import dev.headgate.http.Tokens;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A {@link Cors}, prepared: sets to look into and the texts of fields. Immutable. */
final class CorsRules {
  /** What a page may always send (Fetch standard, section 2.2.2), by name. */
  private static final List<String> HARMLESS =
      List.of("accept", "accept-language", "content-language", "range");

  /** A longer list is hardly a browser's. */
  private static final int LONGEST_LIST = 4096;

  private final Set<String> methods;
  private final Set<String> headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final boolean everyHeader;
  final Origins origins;
  final String allowMethods;
  final String exposeHeaders;
  final String maxAge;
  final boolean credentials;
  final boolean privateNetwork;

  CorsRules(Cors config) {
    this.origins = new Origins(config.origins());
    this.methods = Set.copyOf(config.methods());
    this.headers.addAll(config.headers());
    this.headers.addAll(HARMLESS);
    this.everyHeader = config.headers().contains("*");
    this.allowMethods = String.join(", ", config.methods());
    this.exposeHeaders = String.join(", ", config.exposeHeaders());
    this.maxAge = Long.toString(config.maxAge().toSeconds());
    this.credentials = config.credentials();
    this.privateNetwork = config.privateNetwork();
  }

  /** Whether a preflight may allow the method; letter case counts. */
  boolean allowsMethod(String method) {
    return methods.contains(method) || methods.contains("*");
  }

  /** The first of the names in a list that may not be sent; null if all may. */
  @Nullable String forbiddenHeader(String list) {
    if (list.length() > LONGEST_LIST) {
      return "";
    }
    int at = 0;
    while (at <= list.length()) {
      int comma = list.indexOf(',', at);
      int end = comma < 0 ? list.length() : comma;
      String name = list.substring(at, end).strip();
      if (!name.isEmpty() && !allowsHeader(name)) {
        return name.toLowerCase(Locale.ROOT);
      }
      at = end + 1;
    }
    return null;
  }

  private boolean allowsHeader(String name) {
    return everyHeader ? Tokens.isToken(name) : headers.contains(name);
  }
}
