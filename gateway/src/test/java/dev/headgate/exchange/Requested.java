package dev.headgate.exchange;

import dev.headgate.http.Headers;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Makes exchanges as policies find them: the route is known, nobody has vouched. */
public final class Requested {
  private Requested() {}

  /** A request to {@code https://api.example.com}, by a client without a certificate. */
  public static Exchange of(Loop loop, String method, String target, Headers headers) {
    return of(loop, method, target, headers, null);
  }

  public static Exchange of(
      Loop loop,
      String method,
      String target,
      Headers headers,
      @Nullable ClientCertificate certificate) {
    ClientInfo client =
        new ClientInfo(
            "public",
            InetAddress.getLoopbackAddress(),
            "127.0.0.1",
            40_000,
            true,
            "TLSv1.3",
            certificate);
    Exchange exchange =
        new Exchange(
            client,
            "HTTP/1.1",
            new Exchange.Head(method, "api.example.com", "api.example.com", target, false),
            headers,
            new Headers(),
            loop.nanos());
    int question = target.indexOf('?');
    exchange.path(
        question < 0 ? target : target.substring(0, question),
        question < 0 ? null : target.substring(question + 1));
    exchange.route("r");
    return exchange;
  }
}
