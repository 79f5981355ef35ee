package dev.headgate.http;

/**
 * A message that breaks the rules of HTTP. It has no stack trace: under attack there are many, and
 * where it was thrown says nothing that the reason does not.
 */
public final class BadMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String reason;

  /**
   * @param status what a client that sent it is answered: 400, 413, 414, 431, 501 or 505
   * @param reason a stable word for logs and metrics, such as {@code framing.two_lengths}
   * @param detail for the operator; no bytes of the message
   */
  public BadMessage(int status, String reason, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.reason = reason;
  }

  public int status() {
    return status;
  }

  public String reason() {
    return reason;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
