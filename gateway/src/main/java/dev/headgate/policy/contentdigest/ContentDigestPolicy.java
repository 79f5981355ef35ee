package dev.headgate.policy.contentdigest;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.digest.BodyDigests;
import dev.headgate.digest.NoBody;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;

/** Has bodies checked against their digests. */
@LoopConfined
final class ContentDigestPolicy implements Policy {
  private static final HeaderName WANT_CONTENT_DIGEST = HeaderName.of("want-content-digest");

  private final boolean required;

  ContentDigestPolicy(boolean required) {
    this.required = required;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (exchange.webSocket()) {
      return Decision.CONTINUE;
    }
    if (!exchange.requestHeaders().has(BodyDigests.FIELD)) {
      if (required) {
        exchange.inspectBody(
            this, new NoBody(failure("content_digest.missing", "a body without Content-Digest")));
      }
      return Decision.CONTINUE;
    }
    BodyDigests digests = BodyDigests.of(exchange.requestHeaders());
    if (digests == null) {
      return Decision.fail(
          failure("content_digest.malformed", "Content-Digest is no dictionary of byte sequences"));
    }
    if (digests.known() > 0) {
      exchange.note(Stage.VALIDATE, "the body is checked against " + digests.known() + " digests");
      exchange.inspectBody(
          this,
          digests.inspector(
              failure("content_digest.mismatch", "the body is not the one that its digest says")));
    } else if (required) {
      exchange.responseHeaders().set(WANT_CONTENT_DIGEST, "sha-256=10, sha-512=9");
      return Decision.fail(
          failure("content_digest.unsupported", "none of its algorithms is sha-256 or sha-512"));
    }
    return Decision.CONTINUE;
  }

  private static Failure failure(String reason, String detail) {
    return Failure.client(Stage.VALIDATE, 400, reason, detail);
  }
}
