package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateway;
import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.http2.Http2Client;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** A gateway with one plain listener for both protocols, and one route to one upstream. */
final class Http2Gateway implements AutoCloseable {
  private final Gateway gateway;

  private Http2Gateway(Gateway gateway) {
    this.gateway = gateway;
  }

  /** In front of an origin that speaks HTTP/1.1. */
  static Http2Gateway inFrontOf(String url) {
    return with(url, "http1", "{}");
  }

  /** In front of an origin that speaks HTTP/2. */
  static Http2Gateway inFrontOfHttp2(String url) {
    return with(url, "http2", "{}");
  }

  static Http2Gateway with(String url, String protocol, String limits) {
    return with(url, protocol, limits, "nio");
  }

  static Http2Gateway with(String url, String protocol, String limits, String transport) {
    return of(
        """
        runtime: { loops: 1, transport: %s }
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
        """
            .formatted(transport, limits, url, protocol));
  }

  /** With TLS on both sides, to an origin on that port of localhost that ALPN may agree with. */
  static Http2Gateway withTls(int originPort, Certificates authority, Path files)
      throws IOException {
    var own = authority.server("localhost").writeTo(files, "gateway");
    Path ca = authority.writeTo(files, "ca");
    return of(
        """
        runtime: { loops: 1, transport: nio }
        listeners:
          plain:
            address: "127.0.0.1:0"
            tls: { certificates: [{ chain: "%s", key: "%s" }] }
        upstreams:
          o: { endpoints: ["https://localhost:%d"], tls: { ca: "%s" }, timeouts: { connect: 5s } }
        routes:
          all: { match: { path: /** }, auth: public, to: o }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(own.chain(), own.key(), originPort, ca));
  }

  private static Http2Gateway of(String yaml) {
    Reading reading = new ConfigReader(Secrets.of(Map.of())).read("headgate.yaml", yaml);
    assertThat(reading.problems().report()).isEmpty();
    Problems problems = new Problems(((Reading.Accepted) reading).sources());
    Gateway started =
        Gateway.start((Reading.Accepted) reading, "test", Clock.systemUTC(), problems);
    assertThat(started).as(problems.report()).isNotNull();
    return new Http2Gateway(Objects.requireNonNull(started));
  }

  int port() {
    return Objects.requireNonNull(gateway.addresses().get("plain")).getPort();
  }

  Http2Client connect() throws IOException {
    return Http2Client.connect(port());
  }

  boolean drain() {
    return gateway.drain(Duration.ofSeconds(20));
  }

  @Override
  public void close() {
    gateway.close();
  }
}
