package dev.headgate.policy.httpsignature;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;

/** A signature does not hold. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final Why why;

  /** The last word of the reason. */
  enum Why {
    MALFORMED("malformed"),
    INCOMPLETE("incomplete"),
    EXPIRED("expired"),
    NOT_YET("not_yet"),
    INVALID("invalid"),
    REPLAYED("replayed"),
    BODY("body");

    private final String word;

    Why(String word) {
      this.word = word;
    }

    /**
     * What becomes of the request.
     *
     * @param detail for the log; nothing of the message
     */
    Failure failure(String detail) {
      return Failure.client(Stage.AUTHENTICATE, 401, "http_signature." + word, detail);
    }
  }

  /**
   * @param detail for the log; nothing of the message
   */
  Refused(Why why, String detail) {
    super(detail, null, false, false);
    this.why = why;
  }

  Failure failure() {
    return why.failure(String.valueOf(getMessage()));
  }
}
