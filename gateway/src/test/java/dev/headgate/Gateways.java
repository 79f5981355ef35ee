package dev.headgate;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.util.Map;
import java.util.stream.Stream;

/** Makes gateways for tests that run on one transport. See {@link OnEveryTransport}. */
public record Gateways(String transport, Map<String, String> environment) {
  private static final String ONE_LISTENER =
      """
      listeners: { plain: { address: "127.0.0.1:0", limits: %s } }
      upstreams:
        o: { endpoints: ["%s"], protocol: %s, timeouts: { connect: 5s, response: 20s, idle: 20s } }
      routes:
        all: { match: { path: /** }, auth: public, to: o, bodyLimit: 10GiB }
        small: { match: { path: /small/** }, auth: public, to: o, bodyLimit: 10B }
        hi:
          match: { path: /hi }
          auth: public
          respond: { status: 200, body: hi, headers: { content-type: text/plain } }
      telemetry: { accessLog: { to: "off" } }
      """;

  public Gateways(String transport) {
    this(transport, Map.of());
  }

  /** With variables that references to secrets find. */
  public Gateways with(Map<String, String> variables) {
    return new Gateways(transport, variables);
  }

  /** One for each transport that works on this machine. */
  static Stream<Gateways> available() {
    Stream.Builder<Gateways> available = Stream.builder();
    available.add(new Gateways("nio"));
    if (Epoll.isAvailable()) {
      available.add(new Gateways("epoll"));
    }
    if (IoUring.isAvailable()) {
      available.add(new Gateways("io_uring"));
    }
    return available.build();
  }

  /**
   * @param yaml a configuration without {@code runtime}
   */
  public GatewayUnderTest start(String yaml) {
    return start(yaml, "");
  }

  /**
   * @param runtime further keys of {@code runtime}, each with a comma before it
   */
  public GatewayUnderTest start(String yaml, String runtime) {
    return new GatewayUnderTest(
        "runtime: { loops: 1, transport: %s%s }%n".formatted(transport, runtime),
        yaml,
        environment);
  }

  /** With one plain listener, in front of an origin that speaks HTTP/1.1. */
  public GatewayUnderTest inFrontOf(String url) {
    return inFrontOf(url, "{}");
  }

  /**
   * With one plain listener, in front of an origin that speaks HTTP/1.1.
   *
   * @param limits the listener's, as in the configuration
   */
  public GatewayUnderTest inFrontOf(String url, String limits) {
    return start(ONE_LISTENER.formatted(limits, url, "http1"));
  }

  /** With one plain listener, in front of an origin that speaks HTTP/2. */
  public GatewayUnderTest inFrontOfHttp2(String url) {
    return start(ONE_LISTENER.formatted("{}", url, "http2"));
  }

  @Override
  public String toString() {
    return transport;
  }
}
