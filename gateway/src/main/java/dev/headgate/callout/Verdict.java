package dev.headgate.callout;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What somebody decided about a request. */
public sealed interface Verdict {
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
      if (how == How.SET) {
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
    ADD
  }
}
