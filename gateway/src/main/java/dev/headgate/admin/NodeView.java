package dev.headgate.admin;

import org.jspecify.annotations.Nullable;

/**
 * What a node shows its operators. Called on the admin endpoints' own thread, so an answer may take
 * a moment to make, but must not wait for an event loop.
 */
public interface NodeView {
  Readiness readiness();

  /**
   * The metrics, in the format that suits the client best.
   *
   * @param accept the client's Accept field; empty if it sent none
   */
  Page metrics(String accept);

  /** The effective configuration, defaults filled in and secrets masked. */
  Page config();

  /** The routes that are served. */
  Page routes();

  /** The upstreams: how each endpoint stands, and why. */
  Page upstreams();

  /**
   * The credentials that are known one by one, and when each was last used; a bounded number of
   * them, and where to go on.
   *
   * @param consumer whose; null for all
   * @param from how many to pass over
   */
  Page keys(@Nullable String consumer, int from);

  /** What limits have said, and who was over them most in the last minutes. */
  Page limits();

  /** Which Headgate this is. */
  Page version();

  /** One answer. */
  final class Page {
    public static final String JSON = "application/json";
    public static final String YAML = "application/yaml";
    public static final String TEXT = "text/plain; charset=utf-8";

    private final String contentType;
    private final byte[] body;

    /**
     * @param body not copied: the caller leaves it alone from here on
     */
    public Page(String contentType, byte[] body) {
      this.contentType = contentType;
      this.body = body;
    }

    String contentType() {
      return contentType;
    }

    byte[] body() {
      return body;
    }
  }
}
