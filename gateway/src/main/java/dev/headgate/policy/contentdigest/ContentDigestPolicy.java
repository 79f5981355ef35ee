package dev.headgate.policy.contentdigest;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has bodies checked against their digests. */
@LoopConfined
final class ContentDigestPolicy implements Policy {
  private static final HeaderName CONTENT_DIGEST = HeaderName.of("content-digest");
  private static final HeaderName WANT_CONTENT_DIGEST = HeaderName.of("want-content-digest");
  private static final Map<String, String> ALGORITHMS =
      Map.of("sha-256", "SHA-256", "sha-512", "SHA-512");

  private final boolean required;

  ContentDigestPolicy(boolean required) {
    this.required = required;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    if (exchange.webSocket()) {
      return Decision.CONTINUE;
    }
    if (!headers.has(CONTENT_DIGEST)) {
      if (required) {
        exchange.inspectBody(this, new NoBody());
      }
      return Decision.CONTINUE;
    }
    Map<String, byte[]> digests = Digests.read(String.join(", ", headers.all(CONTENT_DIGEST)));
    if (digests == null) {
      return Decision.fail(
          failure("content_digest.malformed", "Content-Digest is no dictionary of byte sequences"));
    }
    List<Digest> known = new ArrayList<>();
    digests.forEach((name, expected) -> {
      String algorithm = ALGORITHMS.get(name);
      if (algorithm != null) {
        known.add(new Digest(begun(algorithm), expected));
      }
    });
    if (!known.isEmpty()) {
      exchange.note(Stage.VALIDATE, "the body is checked against " + known.size() + " digests");
      exchange.inspectBody(this, new Checked(known));
    } else if (required) {
      exchange.responseHeaders().set(WANT_CONTENT_DIGEST, "sha-256=10, sha-512=9");
      return Decision.fail(
          failure("content_digest.unsupported", "none of its algorithms is sha-256 or sha-512"));
    }
    return Decision.CONTINUE;
  }

  private static MessageDigest begun(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-2", e);
    }
  }

  private static Failure failure(String reason, String detail) {
    return Failure.client(Stage.VALIDATE, 400, reason, detail);
  }

  private record Digest(MessageDigest made, byte[] expected) {}

  /** A body that must be the one that all its digests say. */
  private record Checked(List<Digest> digests) implements BodyInspector {
    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      for (int i = 0; i < digests.size(); i++) {
        digests.get(i).made().update(piece.duplicate());
      }
      return null;
    }

    @Override
    public @Nullable Failure end() {
      for (Digest digest : digests) {
        if (!MessageDigest.isEqual(digest.made().digest(), digest.expected())) {
          return failure("content_digest.mismatch", "the body is not the one that its digest says");
        }
      }
      return null;
    }
  }

  /** A body that must not be, as there is no digest of it. */
  private record NoBody() implements BodyInspector {
    @Override
    public Failure piece(ByteBuffer piece) {
      return failure("content_digest.missing", "a body without Content-Digest");
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }
  }
}
