package dev.headgate.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection at a {@link ScriptedOrigin}: raw bytes through {@link #wire}, or HTTP exchanges.
 */
public final class OriginConnection {
  private final int id;
  private final Wire wire;
  private final int keepBodyBytes;
  private final Consumer<ReceivedRequest> journal;
  private final Runnable changed;

  OriginConnection(
      int id, Wire wire, int keepBodyBytes, Consumer<ReceivedRequest> journal, Runnable changed) {
    this.id = id;
    this.wire = wire;
    this.keepBodyBytes = keepBodyBytes;
    this.journal = journal;
    this.changed = changed;
  }

  /** Counted from 1 in the order of acceptance. */
  public int id() {
    return id;
  }

  public Wire wire() {
    return wire;
  }

  /**
   * The server name that the gateway asked for; null on a plain connection or where it named none.
   */
  public @Nullable String serverName() {
    return wire.requestedServerName();
  }

  /** Answers request after request by that script until the connection ends. */
  public void answerEach(ScriptedOrigin.Script script) throws Exception {
    OriginExchange exchange = poll();
    while (exchange != null) {
      script.answer(exchange);
      exchange = exchange.finish() ? poll() : null;
    }
  }

  /** Reads the next request's head. */
  public OriginExchange nextExchange() throws IOException {
    OriginExchange exchange = poll();
    if (exchange == null) {
      throw new EOFException("The connection was closed where a request was expected");
    }
    return exchange;
  }

  /** Null where the gateway closed between requests. */
  private @Nullable OriginExchange poll() throws IOException {
    Head head = Head.read(wire.reader());
    if (head == null) {
      return null;
    }
    String[] parts = head.startLine().split(" ", -1);
    if (parts.length != 3 || !parts[2].startsWith("HTTP/1.")) {
      throw new ProtocolViolation("Not a request line: \"" + head.startLine() + "\"");
    }
    MessageBody body = MessageBody.ofRequest(wire.reader(), head);
    ReceivedRequest request = new ReceivedRequest(id, head, keepBodyBytes);
    if (body.hasEnded()) {
      request.completed(body.trailers());
    }
    journal.accept(request);
    return new OriginExchange(this, request, new RequestBody(body, request, changed));
  }

  /** Waits until the gateway closes or resets, discarding what it sends. */
  public void awaitClosed() {
    try {
      wire.reader().skipNBytes(Long.MAX_VALUE);
    } catch (IOException closed) {
      // That is what was waited for.
    }
  }
}
