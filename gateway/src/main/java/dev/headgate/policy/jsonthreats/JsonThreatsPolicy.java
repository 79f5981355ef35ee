package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.BodyLook;
import dev.headgate.content.ContentType;
import dev.headgate.content.InflationLimits;
import dev.headgate.content.MediaTypes;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Says which bodies are JSON, and has those checked. */
@LoopConfined
final class JsonThreatsPolicy implements Policy {
  private static final int CHUNK = 8192;

  private final JsonThreats limits;
  private final HashKey key;
  private final MediaTypes checked;
  private final MediaTypes passed;
  private final BodyLook look;

  /** For pieces that are not in an array; nothing is kept there between calls. */
  private final byte[] chunk = new byte[CHUNK];

  JsonThreatsPolicy(JsonThreats limits, HashKey key) {
    this.limits = limits;
    this.key = key;
    this.checked = new MediaTypes(limits.contentTypes());
    this.passed = new MediaTypes(limits.passTypes());
    this.look =
        new BodyLook(
            new InflationLimits(limits.inflated().bytes(), limits.inflationRatio(), Stage.PROTECT));
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (exchange.bodiless() || exchange.webSocket() || look.looks(exchange, this)) {
      return Decision.CONTINUE;
    }
    ContentType type = ContentType.of(exchange.requestHeaders());
    if (type == null) {
      return exchange.requestHeaders().has(HeaderName.CONTENT_TYPE)
          ? wrongType("a Content-Type that cannot be read")
          : look.look(exchange, this, new NoBody());
    }
    if (checked.has(type.essence())) {
      if (!type.isUtf8()) {
        return Decision.fail(
            Failure.client(Stage.PROTECT, 415, "json.charset", "JSON in another charset"));
      }
      exchange.note(Stage.PROTECT, "the body is checked as JSON");
      return look.look(exchange, this, new Body());
    }
    if (passed.has(type.essence())) {
      exchange.note(Stage.PROTECT, "a body of type " + type.essence() + " is not looked at");
      return Decision.CONTINUE;
    }
    return wrongType("a body of type " + type.essence());
  }

  @Override
  public void onEnd(Exchange exchange) {
    look.end(exchange, this);
  }

  private static Decision wrongType(String what) {
    return Decision.fail(wrong(what));
  }

  private static Failure wrong(String what) {
    return Failure.client(Stage.PROTECT, 415, "json.type", what);
  }

  /** A body without a type: there must be none. */
  private static final class NoBody implements BodyInspector {
    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      return wrong("a body without a type");
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }
  }

  /** A body that must be JSON, or empty. */
  private final class Body implements BodyInspector {
    private final JsonCheck check = new JsonCheck(limits, key);

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      if (piece.hasArray()) {
        int from = piece.arrayOffset() + piece.position();
        return failure(check.put(piece.array(), from, from + piece.remaining()));
      }
      JsonCheck.Refusal refusal = null;
      while (piece.hasRemaining() && refusal == null) {
        int count = Math.min(piece.remaining(), CHUNK);
        piece.get(chunk, 0, count);
        refusal = check.put(chunk, 0, count);
      }
      return failure(refusal);
    }

    @Override
    public @Nullable Failure end() {
      return failure(check.end());
    }

    private static @Nullable Failure failure(JsonCheck.@Nullable Refusal refusal) {
      return refusal == null
          ? null
          : Failure.client(Stage.PROTECT, 400, refusal.reason(), refusal.detail());
    }
  }
}
