package dev.headgate.jose;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * To whom a token is bound (RFC 7800, its claim {@code cnf}). Immutable.
 *
 * @param certificate the SHA-256 of the client certificate that its caller must show, in base64url
 *     (RFC 8705 section 3.1)
 * @param key the thumbprint of the key that its caller must prove to have (RFC 9449 section 6.1)
 */
public record Binding(@Nullable String certificate, @Nullable String key) {
  private static final Binding NONE = new Binding(null, null);

  /** What a token says. One that is bound in ways that are not known here cannot be checked. */
  public static Binding of(Map<String, Object> claims) throws RefusedToken {
    Object said = claims.get("cnf");
    if (said == null) {
      return NONE;
    }
    if (!(said instanceof Map<?, ?> confirmation)) {
      throw new RefusedToken(Refusal.CLAIM, "its 'cnf' is no object");
    }
    Binding binding = new Binding(text(confirmation, "x5t#S256"), text(confirmation, "jkt"));
    if (binding.equals(NONE)) {
      throw new RefusedToken(
          Refusal.BINDING,
          "its 'cnf' has neither 'x5t#S256' nor 'jkt': nothing that can be checked");
    }
    return binding;
  }

  private static @Nullable String text(Map<?, ?> confirmation, String name) throws RefusedToken {
    Object value = confirmation.get(name);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new RefusedToken(Refusal.CLAIM, "its '" + name + "' is no text");
  }
}
