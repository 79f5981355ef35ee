package dev.headgate.callout;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody decided about a request. */
public sealed interface Verdict {
  /** Whether it is meant for one client, as it brings a cookie. */
  default boolean setsCookie() {
    HeaderName cookie = HeaderName.of("set-cookie");
    return switch (this) {
      case Allowed allowed -> allowed.client().stream().anyMatch(c -> c.name().equals(cookie));
      case Refused refused -> refused.headers().has(cookie);
    };
  }

  /**
   * It may go on.
   *
   * @param upstream how the request is changed for the upstream, in order
   * @param client how the answer is changed for the client, in order
   */
  record Allowed(List<Change> upstream, List<Change> client) implements Verdict {
    /** Without changes. */
    public static final Allowed AS_IT_IS = new Allowed(List.of(), List.of());
  }

  /**
   * It may not.
   *
   * @param reason the second word of the reason, such as {@code denied}
   * @param status what the caller gets
   * @param headers that go with it
   * @param body null for the usual problem
   * @param detail for the operator
   */
  record Refused(String reason, int status, Headers headers, byte @Nullable [] body, String detail)
      implements Verdict {}

  /**
   * A field that is changed.
   *
   * @param value null to take it away
   */
  record Change(HeaderName name, @Nullable String value, How how) {
    public void apply(Headers headers) {
      boolean there = headers.has(name);
      if (how == How.IF_ABSENT && there || how == How.IF_PRESENT && !there) {
        return;
      }
      if (how != How.ADD) {
        headers.remove(name);
      }
      if (value != null) {
        headers.add(name, value);
      }
    }
  }

  /** How a field is changed. */
  enum How {
    /** In place of those of its name. */
    SET,
    /** Beside them. */
    ADD,
    /** Only if there is none. */
    IF_ABSENT,
    /** Only in place of one. */
    IF_PRESENT
  }
}
