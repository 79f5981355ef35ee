package dev.headgate.policy.hmac;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.digest.NoBody;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.MessageRules;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for callers that have signed the request with a secret. Where the body is signed, the
 * request waits until it is there: an upstream may act on the head of a request alone.
 */
@LoopConfined
final class HmacPolicy implements AuthenticationPolicy {
  private static final int MOST_SIGNATURES = 8;
  private static final int MOST_DIGITS = 15;

  private final Prepared prepared;
  private final Loop loop;
  private final FieldPlace signature;
  private final @Nullable FieldPlace timestamp;
  private final @Nullable FieldPlace key;

  /** How many bytes of bodies this loop holds. */
  private long held;

  /** What the instances of all loops share. */
  record Prepared(
      Hmac config,
      SignedText signed,
      Secrets secrets,
      SeenOnce seen,
      long knownNanos,
      IdentityHeaders identityHeaders) {}

  /** A signature does not hold. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final String reason;

    /**
     * @param detail for the log; nothing of the message
     */
    Refused(String reason, String detail) {
      super(detail, null, false, false);
      this.reason = reason;
    }

    Failure failure() {
      return refusal(reason, String.valueOf(getMessage()));
    }
  }

  HmacPolicy(Prepared prepared, Loop loop) {
    Hmac config = prepared.config();
    this.prepared = prepared;
    this.loop = loop;
    this.signature =
        new FieldPlace(HeaderName.of(config.signature().header()), config.signature().parameter());
    this.timestamp = place(config.timestamp().header(), config.timestamp().parameter());
    this.key = place(config.key().header(), config.key().parameter());
  }

  private static @Nullable FieldPlace place(@Nullable String header, @Nullable String parameter) {
    return header == null ? null : new FieldPlace(HeaderName.of(header), parameter);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (!headers.has(signature.header())) {
      return Decision.CONTINUE;
    }
    try {
      if (signature.tooLong(headers)) {
        throw new Refused("malformed", "the signature's field is too long");
      }
      List<String> shown = signature.all(headers);
      if (shown.isEmpty() && signature.parameter() != null) {
        return Decision.CONTINUE; // Somebody else's.
      }
      Failure slowed = exchange.guessLimit().refusal(exchange, loop);
      return slowed != null ? Decision.fail(slowed) : decide(decoded(shown), exchange);
    } catch (Refused e) {
      return Decision.fail(e.failure());
    }
  }

  private Decision decide(List<byte[]> shown, Exchange exchange) throws Refused {
    String time = time(exchange.requestHeaders());
    Secrets.Owner owner = owner(exchange.requestHeaders());
    SignedText text = prepared.signed();
    boolean bodySigned = text.body() != SignedText.Body.NOTHING;
    if (!bodySigned
        && prepared.config().coverBody()
        && MessageRules.announcesBody(exchange.requestHeaders())) {
      throw new Refused("body", "there is a body, and 'signed' has none");
    }
    SignatureCheck check =
        new SignatureCheck(
            owner.keys(),
            text.body(),
            SignedText.of(text.before(), exchange, time),
            SignedText.of(text.after(), exchange, time),
            shown,
            holds -> verdict(holds, owner, exchange));
    if (bodySigned && !exchange.bodiless() && !exchange.webSocket()) {
      return whole(check, owner, exchange);
    }
    Failure failure = check.end();
    if (failure != null) {
      return Decision.fail(failure);
    }
    if (prepared.config().coverBody()) {
      exchange.inspectBody(this, new NoBody(refusal("body", "a body that is not signed")));
    }
    return Decision.CONTINUE;
  }

  /** Decides once the body has come; where a decision is only explained, none will. */
  private Decision whole(SignatureCheck check, Secrets.Owner owner, Exchange exchange) {
    if (exchange.explained()) {
      exchange.note(Stage.AUTHENTICATE, "the body would show whether the signature holds");
      exchange.identity(owner.identity());
      return Decision.CONTINUE;
    }
    Held body = new Held(check);
    exchange.state(this, body);
    return new Decision.AwaitBody(body, prepared.config().maxBody().bytes());
  }

  /** A body that is held until its signature is known to hold, and for as long as its request. */
  private final class Held implements BodyInspector {
    private final SignatureCheck check;
    private long bytes;

    Held(SignatureCheck check) {
      this.check = check;
    }

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      bytes += piece.remaining();
      held += piece.remaining();
      return held > prepared.config().maxBodies().bytes()
          ? Failure.gateway(
              Stage.AUTHENTICATE, 503, "hmac.busy", "more than 'maxBodies' wait to be checked")
          : check.piece(piece);
    }

    @Override
    public @Nullable Failure end() {
      return check.end();
    }
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (exchange.state(this) instanceof Held body) {
      held -= body.bytes;
    }
  }

  private List<byte[]> decoded(List<String> shown) throws Refused {
    if (shown.size() > MOST_SIGNATURES) {
      throw new Refused("malformed", "there are more than " + MOST_SIGNATURES + " signatures");
    }
    String prefix = prepared.config().signature().prefix();
    List<byte[]> decoded = new ArrayList<>();
    for (String text : shown) {
      byte[] bytes = text.startsWith(prefix) ? bytes(text.substring(prefix.length())) : null;
      if (bytes != null && bytes.length == prepared.config().algorithm().bytes()) {
        decoded.add(bytes);
      }
    }
    if (decoded.isEmpty()) {
      throw new Refused(
          "malformed", "none of its signatures has the prefix, encoding and length that they have");
    }
    return decoded;
  }

  private byte @Nullable [] bytes(String text) {
    try {
      return switch (prepared.config().signature().encoding()) {
        case HEX -> HexFormat.of().parseHex(text);
        case BASE64 -> Base64.getDecoder().decode(text);
      };
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private Secrets.Owner owner(Headers headers) throws Refused {
    String name = prepared.config().consumer();
    if (key != null) {
      name = key.tooLong(headers) ? null : key.only(headers);
      if (name == null) {
        throw new Refused("malformed", "it does not name its key, or several");
      }
    }
    Secrets.Owner owner = name == null ? null : prepared.secrets().of(name);
    if (owner == null) {
      throw new Refused("invalid", "nobody has a secret of that name");
    }
    return owner;
  }

  /** The time of signing as the request writes it; empty where none is asked for. */
  private String time(Headers headers) throws Refused {
    if (timestamp == null) {
      return "";
    }
    String text = timestamp.tooLong(headers) ? null : timestamp.only(headers);
    Long millis = text == null ? null : millis(text);
    if (text == null || millis == null) {
      throw new Refused("malformed", "its time is missing, there several times, or cannot be read");
    }
    if (prepared.config().window() != null) {
      long leeway = prepared.config().leeway().toMillis();
      long age = loop.wallMillis() - millis;
      if (age < -leeway) {
        throw new Refused("not_yet", "its time is yet to come");
      }
      if (age > prepared.config().window().toMillis() + leeway) {
        throw new Refused("expired", "its time is longer ago than 'window'");
      }
    }
    return text;
  }

  private @Nullable Long millis(String text) {
    try {
      return switch (prepared.config().timestamp().unit()) {
        case SECONDS -> isNumber(text) ? Long.valueOf(Long.parseLong(text) * 1000) : null;
        case MILLIS -> isNumber(text) ? Long.valueOf(text) : null;
        case DATE -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)).toEpochMilli();
      };
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean isNumber(String text) {
    return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private @Nullable Failure verdict(
      byte @Nullable [] holds, Secrets.Owner owner, Exchange exchange) {
    Failure failure =
        holds == null
            ? refusal("invalid", "no secret of its key made its signature for this request")
            : replayed(holds);
    if (failure == null) {
      exchange.identity(owner.identity());
    }
    return failure;
  }

  private @Nullable Failure replayed(byte[] holds) {
    if (prepared.config().window() == null) {
      return null;
    }
    int most = prepared.config().remember();
    return switch (prepared.seen().first(holds, loop.nanos(), prepared.knownNanos(), most)) {
      case FIRST -> null;
      case AGAIN -> refusal("replayed", "the same was signed before");
      case FULL ->
          Failure.gateway(
              Stage.AUTHENTICATE,
              503,
              "hmac.full",
              "more than " + most + " signatures within 'window'");
    };
  }

  private static Failure refusal(String word, String detail) {
    return Failure.client(Stage.AUTHENTICATE, 401, "hmac." + word, detail);
  }

  @Override
  public String missing() {
    return "hmac.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    return "HMAC";
  }

  @Override
  public void forward(Exchange exchange) {
    if (!prepared.config().keepCredential()) {
      exchange.requestHeaders().remove(signature.header());
    }
    prepared.identityHeaders().write(exchange);
  }
}
