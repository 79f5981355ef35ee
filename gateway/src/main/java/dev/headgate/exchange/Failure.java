package dev.headgate.exchange;

import dev.headgate.config.Priority;

/**
 * Why a request was not answered as the caller hoped: where, whose fault, and whether trying again
 * may help.
 *
 * @param stage the step at which it failed
 * @param source whose fault it was
 * @param retryable whether nothing has been done yet that a second try would do twice
 * @param status the status to answer with, 400 to 599
 * @param reason a stable word for callers, logs and metrics, such as {@code upstream.timeout}
 * @param detail for the operator, in the log only; never a credential or bytes of the message
 */
public record Failure(
    Stage stage, Source source, boolean retryable, int status, String reason, String detail) {

  /** The reason of requests that are turned away because more come than the node can take. */
  public static final String SHED = "overload.shed";

  /** Whose fault it was. */
  public enum Source {
    CLIENT("client"),
    GATEWAY("gateway"),
    UPSTREAM("upstream");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public static Failure client(Stage stage, int status, String reason, String detail) {
    return new Failure(stage, Source.CLIENT, false, status, reason, detail);
  }

  public static Failure gateway(Stage stage, int status, String reason, String detail) {
    return new Failure(stage, Source.GATEWAY, false, status, reason, detail);
  }

  /** More requests come than the node can take, and this is one too many. */
  public static Failure shed(Stage stage, Priority priority) {
    return gateway(stage, 503, SHED, "more comes than the node can take: " + priority.word());
  }

  public static Failure upstream(boolean retryable, int status, String reason, String detail) {
    return new Failure(Stage.FORWARD, Source.UPSTREAM, retryable, status, reason, detail);
  }
}
