package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.http.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Forms lines of the access log: one JSON object each, with the fields in a fixed order; what did
 * not happen or is not known is left out.
 *
 * <p>No header but User-Agent is ever written, and no value of a query parameter that carries a
 * credential, so that the log can be kept and shipped without being a secret itself.
 */
@LoopConfined
final class LogLine {
  /** Bounds in characters, so that no request makes a line that does not fit into a chunk. */
  private static final int MAX_PATH = 2048;

  private static final int MAX_QUERY = 2048;
  private static final int MAX_USER_AGENT = 512;
  private static final int MAX_DETAIL = 512;
  private static final int MAX_WORD = 256;

  /** More than the names of all fields, the punctuation and the numbers take together. */
  private static final int FIXED = 1024;

  private static final byte[] TIME = bytes("{\"time\":\"");
  private static final byte[] REQUEST_ID = bytes("\",\"request_id\":\"");
  private static final byte[] CLIENT = bytes("\",\"client\":\"");
  private static final byte[] PEER = bytes("\",\"peer\":\"");
  private static final byte[] LISTENER = bytes("\",\"listener\":\"");
  private static final byte[] METHOD = bytes("\",\"method\":\"");
  private static final byte[] HOST = bytes("\",\"host\":\"");
  private static final byte[] PATH = bytes("\",\"path\":\"");
  private static final byte[] QUERY = bytes("\",\"query\":\"");
  private static final byte[] PROTOCOL = bytes("\",\"protocol\":\"");
  private static final byte[] TLS = bytes("\",\"tls\":\"");
  private static final byte[] ROUTE = bytes("\",\"route\":\"");
  private static final byte[] CONSUMER = bytes("\",\"consumer\":\"");
  private static final byte[] VOUCHED_BY = bytes("\",\"vouched_by\":\"");
  private static final byte[] WOULD_DENY = bytes("\",\"would_deny\":\"");
  private static final byte[] STATUS = bytes("\",\"status\":");
  private static final byte[] FAILED_BY = bytes(",\"failed_by\":\"");
  private static final byte[] STAGE = bytes("\",\"stage\":\"");
  private static final byte[] REASON = bytes("\",\"reason\":\"");
  private static final byte[] DETAIL = bytes("\",\"detail\":\"");
  private static final byte[] REQUEST_BYTES = bytes(",\"request_bytes\":");
  private static final byte[] RESPONSE_BYTES = bytes(",\"response_bytes\":");
  private static final byte[] DURATION = bytes(",\"duration_ms\":");
  private static final byte[] UPSTREAM = bytes(",\"upstream\":\"");
  private static final byte[] ENDPOINT = bytes("\",\"endpoint\":\"");
  private static final byte[] UPSTREAM_MS = bytes(",\"upstream_ms\":");
  private static final byte[] HEDGE = bytes(",\"hedge\":\"");
  private static final byte[] RETRIES = bytes(",\"retries\":");
  private static final byte[] FALLBACK = bytes(",\"fallback\":\"");
  private static final byte[] REVISION = bytes(",\"revision\":");
  private static final byte[] TRACE_ID = bytes(",\"trace_id\":\"");
  private static final byte[] USER_AGENT = bytes("\",\"user_agent\":\"");
  private static final byte[] END = bytes("\"}\n");

  private final JsonBytes out = new JsonBytes(new byte[0]);
  private final Timestamp timestamp = new Timestamp();
  private final byte[] userAgent = new byte[MAX_USER_AGENT];
  private final byte[] scratch = new byte[QueryRedaction.LONGEST];
  private int userAgentLength;

  /** The most bytes that the line of this exchange takes. The line must be written next. */
  int bound(Exchange exchange) {
    userAgentLength = exchange.requestHeaders().copy(HeaderName.USER_AGENT, userAgent);
    String query = exchange.query();
    Failure failure = exchange.failure();
    ClientInfo client = exchange.client();
    int characters =
        capped(exchange.path().length(), MAX_PATH)
            + (query == null ? 0 : capped(query.length(), MAX_QUERY))
            + Math.min(Math.max(userAgentLength, 0), MAX_USER_AGENT)
            + (failure == null
                ? 0
                : word(failure.reason()) + capped(failure.detail().length(), MAX_DETAIL))
            + word(exchange.requestId())
            + word(exchange.traceId())
            + word(exchange.clientAddress())
            + word(client.peerText())
            + word(client.listener())
            + word(exchange.method())
            + word(exchange.host())
            + word(exchange.protocol())
            + word(client.tlsVersion())
            + word(exchange.route())
            + identity(exchange.identity())
            + wouldDeny(exchange)
            + word(exchange.upstream())
            + word(exchange.fallback())
            + word(exchange.endpoint());
    return FIXED + JsonBytes.WORST * characters;
  }

  /**
   * Writes the line.
   *
   * @param startWallMillis when the request began
   * @param upstreamMicros 0 if no upstream was asked
   * @return the length of the chunk's content afterwards
   */
  int write(
      Exchange exchange,
      QueryRedaction redaction,
      LogChunk chunk,
      long startWallMillis,
      long totalMicros,
      long upstreamMicros) {
    out.into(chunk.bytes, chunk.length);
    out.raw(TIME);
    timestamp.write(startWallMillis, out);
    request(exchange, redaction);
    out.raw(STATUS);
    out.number(exchange.status());
    Failure failure = exchange.failure();
    if (failure != null) {
      failure(failure);
    }
    numberField(REQUEST_BYTES, exchange.requestBytes());
    numberField(RESPONSE_BYTES, exchange.responseBytes());
    out.raw(DURATION);
    out.millis(totalMicros);
    upstream(exchange, upstreamMicros);
    numberField(REVISION, exchange.revision());
    text(TRACE_ID, exchange.traceId(), MAX_WORD);
    if (userAgentLength >= 0) {
      out.raw(USER_AGENT);
      out.latin1(userAgent, Math.min(userAgentLength, MAX_USER_AGENT));
      if (userAgentLength > MAX_USER_AGENT) {
        out.ellipsis();
      }
    }
    out.raw(END);
    return out.position();
  }

  private void request(Exchange exchange, QueryRedaction redaction) {
    ClientInfo client = exchange.client();
    text(REQUEST_ID, exchange.requestId(), MAX_WORD);
    String address = exchange.clientAddress();
    text(CLIENT, address, MAX_WORD);
    if (!address.equals(client.peerText())) {
      text(PEER, client.peerText(), MAX_WORD);
    }
    text(LISTENER, client.listener(), MAX_WORD);
    text(METHOD, exchange.method(), MAX_WORD);
    text(HOST, exchange.host(), MAX_WORD);
    text(PATH, exchange.path(), MAX_PATH);
    String query = exchange.query();
    if (query != null) {
      out.raw(QUERY);
      redaction.write(query, MAX_QUERY, scratch, out);
    }
    text(PROTOCOL, exchange.protocol(), MAX_WORD);
    optional(TLS, client.tlsVersion());
    optional(ROUTE, exchange.route());
    Identity identity = exchange.identity();
    if (identity != null) {
      text(VOUCHED_BY, identity.policy(), MAX_WORD);
      if (identity.consumer() != null) {
        text(CONSUMER, identity.consumer().name(), MAX_WORD);
      }
    }
    if (!exchange.wouldDeny().isEmpty()) {
      text(WOULD_DENY, reported(exchange), MAX_WORD);
    }
  }

  private static int identity(@Nullable Identity identity) {
    return identity == null
        ? 0
        : word(identity.policy())
            + (identity.consumer() == null ? 0 : word(identity.consumer().name()));
  }

  private static int wouldDeny(Exchange exchange) {
    return exchange.wouldDeny().isEmpty() ? 0 : MAX_WORD + 1;
  }

  /** What policies in report mode would have refused, as in {@code quota:limit.exceeded}. */
  private static String reported(Exchange exchange) {
    StringJoiner all = new StringJoiner(" ");
    exchange.wouldDeny().forEach(one -> all.add(one.policy() + ":" + one.reason()));
    return all.toString();
  }

  private void failure(Failure failure) {
    text(FAILED_BY, failure.source().word(), MAX_WORD);
    text(STAGE, failure.stage().word(), MAX_WORD);
    text(REASON, failure.reason(), MAX_WORD);
    if (!failure.detail().isEmpty()) {
      text(DETAIL, failure.detail(), MAX_DETAIL);
    }
    out.raw('"');
  }

  private void upstream(Exchange exchange, long upstreamMicros) {
    String upstream = exchange.upstream();
    if (upstream == null) {
      return;
    }
    text(UPSTREAM, upstream, MAX_WORD);
    optional(ENDPOINT, exchange.endpoint());
    out.raw('"');
    out.raw(UPSTREAM_MS);
    out.millis(upstreamMicros);
    if (exchange.retries() > 0) {
      numberField(RETRIES, exchange.retries());
    }
    if (exchange.hedge() != null) {
      text(HEDGE, exchange.hedge(), MAX_WORD);
      out.raw('"');
    }
    if (exchange.fallback() != null) {
      text(FALLBACK, exchange.fallback(), MAX_WORD);
      out.raw('"');
    }
  }

  private void optional(byte[] name, @Nullable String value) {
    if (value != null) {
      text(name, value, MAX_WORD);
    }
  }

  private void text(byte[] name, String value, int max) {
    out.raw(name);
    out.text(value, max);
  }

  private void numberField(byte[] name, long value) {
    out.raw(name);
    out.number(value);
  }

  private static int word(@Nullable String s) {
    return s == null ? 0 : capped(s.length(), MAX_WORD);
  }

  /** One more than the cap stands for the ellipsis. */
  private static int capped(int length, int cap) {
    return Math.min(length, cap + 1);
  }

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
