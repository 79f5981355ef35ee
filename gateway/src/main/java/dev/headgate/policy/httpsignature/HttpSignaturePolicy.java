package dev.headgate.policy.httpsignature;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.digest.BodyDigests;
import dev.headgate.digest.NoBody;
import dev.headgate.exchange.AuthenticationPolicy;
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
import dev.headgate.policy.httpsignature.Refused.Why;
import dev.headgate.structured.Bare;
import dev.headgate.structured.FieldWriter;
import dev.headgate.structured.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for callers that have signed the request. What needs no key is checked first: the form,
 * what is covered, the time. So an unknown key and a wrong signature look the same. Of several
 * signatures the first that holds counts.
 *
 * <p>A request is known again by what was signed, which includes the key's name, the time and the
 * nonce. Not by the signature: of one by an elliptic curve anybody can make a second.
 */
@LoopConfined
final class HttpSignaturePolicy implements AuthenticationPolicy {
  private static final HeaderName ACCEPT_SIGNATURE = HeaderName.of("accept-signature");
  private static final int UNAUTHORIZED = 401;

  private final Prepared prepared;
  private final Loop loop;

  /** What the instances of all loops share. */
  record Prepared(
      HttpSignature config,
      Coverage coverage,
      Signers signers,
      SeenOnce seen,
      long knownNanos,
      IdentityHeaders identityHeaders) {}

  /** A signature of which only the proof is missing. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Candidate(
      Signers.Signer signer, byte[] base, byte[] signature, @Nullable BodyDigests digests) {
    boolean holds() {
      return signer.key().verifies(base, signature);
    }
  }

  /**
   * What came of the proof.
   *
   * @param holds null if no signature does
   */
  private record Proof(@Nullable Candidate holds, SeenOnce.Seen seen) {}

  HttpSignaturePolicy(Prepared prepared, Loop loop) {
    this.prepared = prepared;
    this.loop = loop;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (!exchange.requestHeaders().has(MessageSignature.INPUT)) {
      return Decision.CONTINUE;
    }
    Failure slowed = exchange.guessLimit().refusal(exchange, loop);
    if (slowed != null) {
      return Decision.fail(slowed);
    }
    try {
      return prove(candidates(exchange), exchange);
    } catch (Refused e) {
      return Decision.fail(e.failure());
    }
  }

  private List<Candidate> candidates(Exchange exchange) throws Refused {
    List<Candidate> candidates = new ArrayList<>();
    Refused first = null;
    for (MessageSignature signature : MessageSignature.read(exchange.requestHeaders())) {
      try {
        candidates.add(candidate(signature, exchange));
      } catch (Refused e) {
        first = first == null ? e : first;
      }
    }
    if (first != null && candidates.isEmpty()) {
      throw first;
    }
    return candidates;
  }

  private Candidate candidate(MessageSignature signature, Exchange exchange) throws Refused {
    String tag = prepared.config().tag();
    if (tag != null && !tag.equals(signature.tag())) {
      throw new Refused(Why.INCOMPLETE, "its 'tag' is not " + tag);
    }
    MessageSignature.Parameters parameters = signature.parameters();
    SignatureBase base = SignatureBase.of(exchange, signature.covered());
    prepared.coverage().check(base.components());
    BodyDigests digests = digests(base.components(), exchange.requestHeaders());
    checkTime(parameters);
    if (exchange.explained()) {
      exchange.note(
          Stage.AUTHENTICATE,
          "a signature covers " + base.components().stream().map(Component::identifier).toList());
    }
    Signers.Signer signer = prepared.signers().of(parameters.keyid());
    if (signer == null) {
      throw new Refused(Why.INVALID, "no consumer has a key with its 'keyid'");
    }
    if (parameters.alg() != null && !parameters.alg().equals(signer.key().algorithm().text())) {
      throw new Refused(Why.INVALID, "its 'alg' is not that of its key");
    }
    return new Candidate(signer, base.bytes(), signature.value(), digests);
  }

  /** The digests that the signature vouches for; null if it vouches for none. */
  private @Nullable BodyDigests digests(List<Component> components, Headers headers)
      throws Refused {
    if (!Coverage.coversDigest(components)) {
      if (prepared.config().coverBody() && MessageRules.announcesBody(headers)) {
        throw new Refused(Why.INCOMPLETE, "there is a body, and it does not cover content-digest");
      }
      return null;
    }
    BodyDigests digests = BodyDigests.of(headers);
    if (digests == null || digests.known() == 0) {
      throw MessageSignature.malformed("Content-Digest has no sha-256 and no sha-512");
    }
    return digests;
  }

  private void checkTime(MessageSignature.Parameters parameters) throws Refused {
    long leeway = prepared.config().leeway().toMillis();
    long now = loop.wallMillis();
    // 15 digits of seconds are no overflow in milliseconds.
    long created = parameters.created() * 1000;
    if (created > now + leeway) {
      throw new Refused(Why.NOT_YET, "its 'created' is yet to come");
    }
    if (created < now - leeway - prepared.config().maxAge().toMillis()) {
      throw new Refused(Why.EXPIRED, "its 'created' is longer ago than 'maxAge'");
    }
    if (parameters.expires() != null && parameters.expires() * 1000 <= now - leeway) {
      throw new Refused(Why.EXPIRED, "its 'expires' has passed");
    }
  }

  private Decision prove(List<Candidate> candidates, Exchange exchange) {
    long nanos = loop.nanos();
    if (candidates.stream().noneMatch(candidate -> candidate.signer().key().slow())) {
      return decided(proof(candidates, nanos), exchange);
    }
    Decision.Await await = new Decision.Await();
    boolean accepted =
        loop.offload()
            .run(
                () -> proof(candidates, nanos),
                (proof, thrown) -> {
                  if (!await.cancelled()) {
                    await.complete(
                        proof != null
                            ? decided(proof, exchange)
                            : unable(500, "policy.failed", "cannot verify: " + thrown));
                  }
                });
    return accepted
        ? await
        : unable(503, "overload.crypto", "too many signatures to verify at once");
  }

  private Proof proof(List<Candidate> candidates, long nanos) {
    for (Candidate candidate : candidates) {
      if (candidate.holds()) {
        int most = prepared.config().remember();
        return new Proof(
            candidate, prepared.seen().first(candidate.base(), nanos, prepared.knownNanos(), most));
      }
    }
    return new Proof(null, SeenOnce.Seen.FIRST);
  }

  private Decision decided(Proof proof, Exchange exchange) {
    Candidate holds = proof.holds();
    if (holds == null) {
      return Decision.fail(Why.INVALID.failure("its key did not make it for this request"));
    }
    return switch (proof.seen()) {
      case FIRST -> vouch(holds, exchange);
      case AGAIN ->
          Decision.fail(
              Why.REPLAYED.failure("a request with the same, and the same nonce, came before"));
      case FULL ->
          unable(
              503,
              "http_signature.full",
              "more than " + prepared.config().remember() + " signatures within 'maxAge'");
    };
  }

  private Decision vouch(Candidate holds, Exchange exchange) {
    if (holds.digests() != null) {
      exchange.inspectBody(
          this,
          holds
              .digests()
              .inspector(Why.BODY.failure("the body is not the one whose digest is signed")));
    } else if (prepared.config().coverBody()) {
      exchange.inspectBody(
          this, new NoBody(Why.INCOMPLETE.failure("a body that the signature does not cover")));
    }
    exchange.identity(holds.signer().identity());
    return Decision.CONTINUE;
  }

  private static Decision unable(int status, String reason, String detail) {
    return Decision.fail(Failure.gateway(Stage.AUTHENTICATE, status, reason, detail));
  }

  @Override
  public String missing() {
    return "http_signature.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    return "HTTPSig";
  }

  /** Says to a caller that is refused what a signature must cover (RFC 9421 section 5.1). */
  @Override
  public void onResponse(Exchange exchange) {
    Failure failure = exchange.failure();
    if (failure != null
        && failure.status() == UNAUTHORIZED
        && failure.stage() == Stage.AUTHENTICATE) {
      exchange.responseHeaders().set(ACCEPT_SIGNATURE, wanted(exchange));
    }
  }

  private String wanted(Exchange exchange) {
    List<Member.Item> components = new ArrayList<>();
    for (String name : prepared.coverage().wanted()) {
      components.add(new Member.Item(new Bare.Text(name), Map.of()));
    }
    boolean body =
        MessageRules.announcesBody(exchange.requestHeaders()) || exchange.requestBytes() > 0;
    if (prepared.config().coverBody() && body) {
      components.add(new Member.Item(new Bare.Text(BodyDigests.FIELD.text()), Map.of()));
    }
    Map<String, Bare> parameters = new LinkedHashMap<>();
    parameters.put("created", new Bare.Flag(true));
    parameters.put("keyid", new Bare.Flag(true));
    if (prepared.config().tag() != null) {
      parameters.put("tag", new Bare.Text(prepared.config().tag()));
    }
    return FieldWriter.dictionary(Map.of("sig", new Member.InnerList(components, parameters)));
  }

  @Override
  public void forward(Exchange exchange) {
    if (!prepared.config().keepCredential()) {
      exchange.requestHeaders().remove(MessageSignature.INPUT);
      exchange.requestHeaders().remove(MessageSignature.SIGNATURE);
    }
    prepared.identityHeaders().write(exchange);
  }
}
