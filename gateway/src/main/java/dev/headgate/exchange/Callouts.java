package dev.headgate.exchange;

import dev.headgate.config.Upstream;
import dev.headgate.http.Headers;
import java.net.URI;
import java.time.Duration;

/**
 * Requests that policies make to others: identity providers, decision points. Each has a bound in
 * time and size, and shares connections with others to the same place. Loop-confined.
 */
public interface Callouts {
  /**
   * Sends a request and tells on the loop what came back, once.
   *
   * <p>Never calls back before it returns.
   */
  void send(Callout callout, Listener listener);

  /** Who waits for the answer. */
  interface Listener {
    void answered(Answer answer);
  }

  /**
   * A request.
   *
   * @param url http or https, absolute
   * @param target what is asked for there, if it is more than the URL says
   * @param headers besides Host and Content-Length
   * @param body may be empty
   */
  record Callout(String method, URI url, String target, Headers headers, byte[] body, Terms terms) {
    public Callout(String method, URI url, Headers headers, byte[] body, Terms terms) {
      this(method, url, target(url), headers, body, terms);
    }

    /** What is asked for at a URL: path and query, with a slash at the beginning. */
    public static String target(URI url) {
      String path = url.getRawPath();
      String query = url.getRawQuery();
      String some = path == null || path.isEmpty() ? "/" : path;
      return query == null ? some : some + "?" + query;
    }
  }

  /**
   * What holds for all requests of one policy.
   *
   * @param by who asks, for metrics: the policy's name, or what all policies share
   * @param timeout for the whole, from the connection to the last byte of the answer
   * @param most the most bytes that the answer's body may have
   * @param protocol that is spoken
   * @param tls how the other end is trusted; paths in it are absolute
   */
  record Terms(
      String by, Duration timeout, int most, Upstream.Protocol protocol, Upstream.ClientTls tls) {}

  /** What came back. */
  sealed interface Answer {
    /** A whole answer, whatever its status; its trailers are empty if it has none. */
    record Answered(int status, Headers headers, byte[] body, Headers trailers) implements Answer {
      public Answered(int status, Headers headers, byte[] body) {
        this(status, headers, body, new Headers());
      }
    }

    /** No answer, or none that was whole in time. */
    record Failed(String why) implements Answer {}
  }
}
