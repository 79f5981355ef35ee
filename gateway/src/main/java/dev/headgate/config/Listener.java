package dev.headgate.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("An address with its protocols, TLS and limits.")
public record Listener(
    @Doc(value = "Where to listen, as host:port.", example = "0.0.0.0:8443") HostPort address,
    @Doc(
            "Protocols spoken here. With TLS, ALPN chooses; without, HTTP/2 is taken by prior"
                + " knowledge (its connection preface).")
        @Default("[http1, http2]")
        List<Protocol> protocols,
    @Doc("TLS settings; without them the listener speaks plain text.") @Nullable ServerTls tls,
    @Doc(
            "Peers whose `Forwarded` and `X-Forwarded-*` fields are believed. From anybody else these fields are"
                + " replaced.")
        List<Cidr> trustedProxies,
    @Doc(
            "Which field trusted proxies name the caller in. `auto` takes the one that is there, and refuses a request"
                + " in which the two name different callers: a proxy that writes one of them passes on what a client"
                + " put into the other.")
        @Default("auto")
        ForwardedField forwardedField,
    @Doc(
            "Whether every connection begins with a PROXY protocol header (version 1 or 2). A"
                + " connection without one is closed, and so is one from a peer that is not among"
                + " `trustedProxies`, if any are named.")
        @Default("false")
        boolean proxyProtocol,
    @Doc("Which client addresses may connect.") Addresses addresses,
    @Doc("Bounds on what one client may use.") Limits limits) {

  /** A protocol spoken on a listener. */
  public enum Protocol {
    HTTP1,
    HTTP2
  }

  /** A field in which proxies say who called them. */
  public enum ForwardedField {
    AUTO,
    FORWARDED,
    X_FORWARDED_FOR
  }

  @Doc(
      "Which addresses may call. `deny` is looked at first; an empty `allow` allows every address not denied.")
  public record Addresses(
      @Doc(value = "Networks that may call.", example = "[10.0.0.0/8]") List<Cidr> allow,
      @Doc(value = "Networks that may not call.", example = "[203.0.113.0/24]") List<Cidr> deny) {
    /** Whether this address may call. */
    public boolean allows(InetAddress address) {
      return !Cidr.anyContains(deny, address)
          && (allow.isEmpty() || Cidr.anyContains(allow, address));
    }
  }

  @Doc("Bounds on what clients may use. Each has a safe default.")
  public record Limits(
      @Doc("Connections open at once, on all loops together.")
          @Default("100000")
          @Range(min = "1", max = "10000000")
          int connections,
      @Doc("Connections open at once from one client address (IPv6: one /64).")
          @Default("10000")
          @Range(min = "1", max = "10000000")
          int connectionsPerClient,
      @Doc("The longest request line (method, target and version).")
          @Default("8KiB")
          @Range(min = "64B", max = "64KiB")
          Size requestLine,
      @Doc("All header fields of a request together.")
          @Default("32KiB")
          @Range(min = "256B", max = "1MiB")
          Size headerBytes,
      @Doc("The number of header fields of a request.")
          @Default("100")
          @Range(min = "1", max = "10000")
          int headerCount,
      @Doc("How long a client may take to send a request head, and to finish a TLS handshake.")
          @Default("10s")
          @Range(min = "1ms", max = "10m")
          Duration headerTimeout,
      @Doc("How long a client may pause in the middle of a request body, or of reading an answer.")
          @Default("60s")
          @Range(min = "1ms", max = "1h")
          Duration bodyTimeout,
      @Doc("How long a connection may wait for its next request.")
          @Default("75s")
          @Range(min = "1ms", max = "1d")
          Duration idleTimeout,
      @Doc("Requests on one connection before it is closed in an orderly way; 0 for no bound.")
          @Default("0")
          @Range(min = "0")
          int requestsPerConnection,
      @Doc("Bounds of HTTP/2 connections.") Http2Limits http2) {}

  @Doc("Bounds of HTTP/2 connections.")
  public record Http2Limits(
      @Doc("Streams open at once on one connection.")
          @Default("128")
          @Range(min = "1", max = "10000")
          int streams,
      @Doc(
              "Streams that a client may reset on one connection in 30 seconds before the connection is closed.")
          @Default("200")
          @Range(min = "1", max = "1000000")
          int resets,
      @Doc(
              "PING, SETTINGS and other frames that need an answer, in 30 seconds, before the connection is closed.")
          @Default("400")
          @Range(min = "1", max = "1000000")
          int controlFrames) {}
}
