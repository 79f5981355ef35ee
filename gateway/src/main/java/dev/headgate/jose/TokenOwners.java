package dev.headgate.jose;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Claims;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose a token is, and who that is: its claims as an identity. A consumer that names the subject
 * goes before one that names other claims; among these the first in the configuration counts.
 * Immutable.
 */
public final class TokenOwners {
  private final String policy;
  private final Map<String, List<Owner>> bySubject = new HashMap<>();
  private final Map<Map.Entry<String, String>, List<Owner>> byClaim = new HashMap<>();

  /**
   * @param issuer null for any
   */
  private record Owner(
      KnownConsumer consumer, @Nullable String issuer, Map<String, String> claims) {
    boolean has(Map<String, Object> said) {
      return (issuer == null || issuer.equals(said.get("iss")))
          && claims.entrySet().stream()
              .allMatch(claim -> Claims.says(said.get(claim.getKey()), claim.getValue()));
    }
  }

  /**
   * @param policy the name of the policy that vouches
   * @param kind of the credentials that count
   */
  public TokenOwners(String policy, String kind, Map<String, Consumer> consumers) {
    this.policy = policy;
    consumers.forEach((name, consumer) -> {
      KnownConsumer known = new KnownConsumer(name, consumer);
      for (Consumer.Credential credential : consumer.credentials()) {
        if (credential.credential().kind().equals(kind)) {
          add(known, (TokenCredential) credential.credential().config());
        }
      }
    });
  }

  private void add(KnownConsumer consumer, TokenCredential credential) {
    Owner owner = new Owner(consumer, credential.issuer(), credential.claim());
    if (credential.subject() != null) {
      bySubject.computeIfAbsent(credential.subject(), _ -> new ArrayList<>()).add(owner);
    } else if (!credential.claim().isEmpty()) {
      byClaim
          .computeIfAbsent(credential.claim().entrySet().iterator().next(), _ -> new ArrayList<>())
          .add(owner);
    }
  }

  /** Who has a token with these claims. */
  public Identity identity(Map<String, Object> claims) {
    return new Identity(policy, subject(claims), owner(claims), scopes(claims), claims);
  }

  /** A token for a program has no subject sometimes, but always says whose it is. */
  private static String subject(Map<String, Object> claims) {
    for (String name : List.of("sub", "client_id", "azp")) {
      if (claims.get(name) instanceof String text && !text.isEmpty()) {
        return text;
      }
    }
    return "";
  }

  /** RFC 8693 section 4.2 has {@code scope}, a text; others have {@code scp}, often a list. */
  private static List<String> scopes(Map<String, Object> claims) {
    Object said = claims.containsKey("scope") ? claims.get("scope") : claims.get("scp");
    List<String> scopes = new ArrayList<>();
    if (said instanceof String text) {
      for (String scope : text.split(" ", -1)) {
        if (!scope.isEmpty()) {
          scopes.add(scope);
        }
      }
    } else if (said instanceof List<?> list) {
      list.forEach(item -> {
        if (item instanceof String scope) {
          scopes.add(scope);
        }
      });
    }
    return List.copyOf(scopes);
  }

  private @Nullable KnownConsumer owner(Map<String, Object> claims) {
    Object subject = claims.get("sub");
    KnownConsumer found =
        subject instanceof String text ? first(bySubject.get(text), claims) : null;
    if (found != null || byClaim.isEmpty()) {
      return found;
    }
    for (Map.Entry<Map.Entry<String, String>, List<Owner>> entry : byClaim.entrySet()) {
      KnownConsumer by = first(entry.getValue(), claims);
      if (by != null) {
        return by;
      }
    }
    return null;
  }

  private static @Nullable KnownConsumer first(
      @Nullable List<Owner> owners, Map<String, Object> claims) {
    if (owners != null) {
      for (Owner owner : owners) {
        if (owner.has(claims)) {
          return owner.consumer();
        }
      }
    }
    return null;
  }
}
