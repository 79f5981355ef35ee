package dev.headgate.policy.httpsignature;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.CredentialOwners;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kind {@code httpSignature}. */
public final class HttpSignatureKind implements PolicyKind<HttpSignature> {
  private static final String NAME = "httpSignature";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<HttpSignature> config() {
    return HttpSignature.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(HttpSignature config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, HttpSignature config, Config whole, Problems problems) {
    covers(at + ".covers", config.covers(), problems);
    String tag = config.tag();
    if (tag != null && (tag.isEmpty() || tag.chars().anyMatch(c -> c < ' ' || c > '~'))) {
      problems.error(at + ".tag", "a tag is printable ASCII", "");
    }
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    Map<String, String> owners =
        CredentialOwners.of(
            whole,
            HttpSignatureCredential.class,
            HttpSignatureCredential::keyid,
            (where, keyid, owner) ->
                problems.error(
                    where, "the key id " + Shown.quoted(keyid) + " is also one of " + owner, ""));
    if (owners.isEmpty()) {
      problems.warning(at, "no consumer has a key that signs: nobody can call", "");
    }
  }

  private static void covers(String at, List<String> covers, Problems problems) {
    for (int i = 0; i < covers.size(); i++) {
      String name = covers.get(i).toLowerCase(Locale.ROOT);
      if (!Component.DERIVED.contains(name) && !Component.isField(name)) {
        problems.error(
            at + "[" + i + "]",
            Shown.quoted(covers.get(i)) + " is nothing that can be demanded",
            "there are "
                + String.join(", ", Component.DERIVED.stream().sorted().toList())
                + " and header fields");
      }
    }
    String leftOut = Coverage.of(covers).leavesOut(Coverage.USUAL);
    if (leftOut != null) {
      problems.warning(
          at, "who sees a signature can use it for requests with another " + leftOut, "");
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(HttpSignature config, Preparation preparation) {
    Signers signers = Signers.prepare(preparation);
    if (signers == null) {
      return null;
    }
    long knownNanos = config.maxAge().plus(config.leeway().multipliedBy(2)).toNanos();
    SeenOnce seen = SeenOnce.shared(preparation, NAME, knownNanos);
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    HttpSignaturePolicy.Prepared prepared =
        new HttpSignaturePolicy.Prepared(
            config, Coverage.of(config.covers()), signers, seen, knownNanos, headers);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new HttpSignaturePolicy(prepared, loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }
}
