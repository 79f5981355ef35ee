package dev.headgate.content;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of one format, which a policy has checked while they pass: says by their types which are
 * to be checked, which pass without, and which are refused.
 */
@LoopConfined
public final class CheckedBodies {
  private static final int CHUNK = 8192;

  /** Judges one body that comes in parts of arrays. */
  public interface Check {
    /** Takes a part; not called again after a refusal. */
    @Nullable Refusal put(byte[] bytes, int from, int to);

    /** The body is whole. */
    @Nullable Refusal end();
  }

  /**
   * Why a body is refused.
   *
   * @param reason such as {@code json.too_deep}
   * @param detail for the operator: nothing of the body
   */
  public record Refusal(int status, String reason, String detail) {
    /** A body that is not what may pass. */
    public static Refusal bad(String reason, String detail) {
      return new Refusal(400, reason, detail);
    }
  }

  private final String format;
  private final MediaTypes checked;
  private final MediaTypes passed;
  private final BodyLook look;

  /** For pieces that are not in an array; nothing is kept there between calls. */
  private final byte[] chunk = new byte[CHUNK];

  /**
   * @param format as people call it, such as {@code JSON}; in lower case it begins the reasons
   * @param contentTypes the types that are checked
   * @param passTypes the types that pass without a look
   */
  public CheckedBodies(
      String format, List<String> contentTypes, List<String> passTypes, InflationLimits limits) {
    this.format = format;
    this.checked = new MediaTypes(contentTypes);
    this.passed = new MediaTypes(passTypes);
    this.look = new BodyLook(limits);
  }

  /**
   * Has a request's body checked.
   *
   * @param check makes what judges it
   * @return that the request goes on, or a failure by what its head tells
   */
  public Decision look(Exchange exchange, Policy owner, Supplier<Check> check) {
    if (exchange.bodiless() || exchange.webSocket() || look.looks(exchange, owner)) {
      return Decision.CONTINUE;
    }
    ContentType type = ContentType.of(exchange.requestHeaders());
    if (type == null) {
      return exchange.requestHeaders().has(HeaderName.CONTENT_TYPE)
          ? Decision.fail(wrongType("a Content-Type that cannot be read"))
          : look.look(exchange, owner, new NoBody());
    }
    if (checked.has(type.essence())) {
      if (!type.isUtf8()) {
        return Decision.fail(failure(415, "charset", format + " in another charset than UTF-8"));
      }
      exchange.note(Stage.PROTECT, "the body is checked as " + format);
      return look.look(exchange, owner, new Body(check.get()));
    }
    if (passed.has(type.essence())) {
      exchange.note(Stage.PROTECT, "a body of type " + type.essence() + " is not looked at");
      return Decision.CONTINUE;
    }
    return Decision.fail(wrongType("a body of type " + type.essence()));
  }

  /** The request has ended. */
  public void end(Exchange exchange, Policy owner) {
    look.end(exchange, owner);
  }

  private Failure wrongType(String what) {
    return failure(415, "type", what);
  }

  private Failure failure(int status, String word, String detail) {
    return Failure.client(
        Stage.PROTECT, status, format.toLowerCase(Locale.ROOT) + "." + word, detail);
  }

  /** A body without a type: there must be none. */
  private final class NoBody implements BodyInspector {
    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      return wrongType("a body without a type");
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }
  }

  /** A body that is checked. */
  private final class Body implements BodyInspector {
    private final Check check;

    Body(Check check) {
      this.check = check;
    }

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      if (piece.hasArray()) {
        int from = piece.arrayOffset() + piece.position();
        return failed(check.put(piece.array(), from, from + piece.remaining()));
      }
      Refusal refusal = null;
      while (piece.hasRemaining() && refusal == null) {
        int count = Math.min(piece.remaining(), CHUNK);
        piece.get(chunk, 0, count);
        refusal = check.put(chunk, 0, count);
      }
      return failed(refusal);
    }

    @Override
    public @Nullable Failure end() {
      return failed(check.end());
    }

    private static @Nullable Failure failed(@Nullable Refusal refusal) {
      return refusal == null
          ? null
          : Failure.client(Stage.PROTECT, refusal.status(), refusal.reason(), refusal.detail());
    }
  }
}
