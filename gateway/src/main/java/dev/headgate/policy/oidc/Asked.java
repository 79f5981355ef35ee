package dev.headgate.policy.oidc;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is kept of one request: the cookies that it brings, and those that its answer sets. */
final class Asked {
  private static final HeaderName SET_COOKIE = HeaderName.of("set-cookie");
  private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");

  private final Cookies cookies;
  private final List<String> setting = new ArrayList<>(0);
  private Sessions.@Nullable Opened opened;

  Asked(Cookies cookies) {
    this.cookies = cookies;
  }

  Cookies cookies() {
    return cookies;
  }

  void set(String cookie) {
    setting.add(cookie);
  }

  void set(List<String> some) {
    setting.addAll(some);
  }

  Sessions.@Nullable Opened opened() {
    return opened;
  }

  void opened(Sessions.Opened session) {
    opened = session;
  }

  /** Sets the cookies, in an answer that no cache may give to others. */
  void write(Headers headers) {
    if (!setting.isEmpty()) {
      setting.forEach(cookie -> headers.add(SET_COOKIE, cookie));
      headers.set(CACHE_CONTROL, "no-store");
    }
  }
}
