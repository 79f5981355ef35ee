package dev.headgate.policy.mtls;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.ClientCertificate.NameKind;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.policy.mtls.MtlsCredential.Wanted;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose a certificate is, and who that is. What says most about it goes first: its fingerprint, its
 * SPIFFE ID, its names in their order, its subject. Immutable.
 */
final class Owners {
  private static final List<NameKind> NAMES =
      List.of(NameKind.URI, NameKind.DNS, NameKind.EMAIL, NameKind.IP);

  private final String policy;
  private final boolean allowUnknown;
  private final Map<Wanted, KnownConsumer> owners = new HashMap<>();

  /**
   * @param policy the name of the policy that vouches
   * @param allowUnknown whether certificates that are no consumer's have an identity too
   */
  Owners(String policy, boolean allowUnknown, Map<String, Consumer> consumers) {
    this.policy = policy;
    this.allowUnknown = allowUnknown;
    consumers.forEach((name, consumer) -> {
      KnownConsumer known = new KnownConsumer(name, consumer);
      for (Consumer.Credential credential : consumer.credentials()) {
        Wanted wanted =
            credential.credential().config() instanceof MtlsCredential mtls ? mtls.wanted() : null;
        if (wanted != null) {
          owners.putIfAbsent(wanted, known);
        }
      }
    });
  }

  /** Who has that certificate; null if it is nobody's who may call. */
  @Nullable Identity identity(ClientCertificate certificate) {
    KnownConsumer owner = owner(certificate);
    return owner == null && !allowUnknown
        ? null
        : new Identity(policy, subject(certificate), owner, List.of(), claims(certificate));
  }

  private @Nullable KnownConsumer owner(ClientCertificate certificate) {
    KnownConsumer owner = owners.get(new Wanted("fingerprint", certificate.fingerprint()));
    if (owner == null && certificate.spiffe() != null) {
      owner = owners.get(new Wanted("spiffe", certificate.spiffe()));
    }
    for (NameKind kind : NAMES) {
      for (String name : certificate.names(kind)) {
        owner = owner != null ? owner : owners.get(new Wanted(kind.word(), name));
      }
    }
    return owner != null
        ? owner
        : owners.get(new Wanted("subject", certificate.canonicalSubject()));
  }

  /** A workload's certificate often has no subject, but then it has a name. */
  private static String subject(ClientCertificate certificate) {
    if (certificate.spiffe() != null) {
      return certificate.spiffe();
    }
    if (!certificate.subject().isEmpty()) {
      return certificate.subject();
    }
    for (NameKind kind : NAMES) {
      if (!certificate.names(kind).isEmpty()) {
        return certificate.names(kind).getFirst();
      }
    }
    return certificate.fingerprint();
  }

  private static Map<String, Object> claims(ClientCertificate certificate) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("subject", certificate.subject());
    claims.put("issuer", certificate.issuer());
    claims.put("serial", certificate.serial());
    Map<String, Object> names = new LinkedHashMap<>();
    for (NameKind kind : NAMES) {
      names.put(kind.word(), certificate.names(kind));
    }
    claims.put("sans", Map.copyOf(names));
    if (certificate.spiffe() != null) {
      claims.put("spiffe", certificate.spiffe());
    }
    claims.put("fingerprint", certificate.fingerprint());
    claims.put("notAfter", Instant.ofEpochMilli(certificate.notAfter()).toString());
    return Map.copyOf(claims);
  }
}
