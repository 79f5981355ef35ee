package dev.headgate.exchange;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header fields by which a policy tells an upstream who is calling. What an identity says goes
 * into them in a form that no claim can break out of: bytes other than printable ASCII, and {@code
 * %} itself, are percent-encoded as UTF-8. Immutable.
 */
public final class IdentityHeaders {
  private static final String CLAIMS = "claims.";
  private static final int LONGEST = 4096;

  private final String policy;
  private final List<Field> fields = new ArrayList<>();

  private record Field(HeaderName name, String what) {}

  /**
   * @param policy the name of the policy that they belong to
   * @param whatByName what each field holds: {@code consumer}, {@code subject}, {@code policy},
   *     {@code groups}, {@code scopes}, or {@code claims.NAME}, where dots lead into objects
   */
  public IdentityHeaders(String policy, Map<String, String> whatByName) {
    this.policy = policy;
    whatByName.forEach((name, what) -> fields.add(new Field(HeaderName.of(name), what)));
  }

  /** Reports what cannot be such a field. */
  public static void check(String at, Map<String, String> whatByName, Problems problems) {
    HeaderFields names = new HeaderFields(problems);
    whatByName.forEach((name, what) -> {
      names.changed(at + "." + name, name);
      boolean known =
          switch (what) {
            case "consumer", "subject", "policy", "groups", "scopes" -> true;
            default -> what.startsWith(CLAIMS) && what.length() > CLAIMS.length();
          };
      if (!known) {
        problems.error(
            at + "." + name,
            Shown.quoted(what) + " is nothing that is known of a caller",
            "there are consumer, subject, policy, groups, scopes and claims.NAME");
      }
    });
  }

  /** The names of the fields. */
  public List<String> names() {
    return fields.stream().map(field -> field.name().text()).toList();
  }

  /**
   * Puts the fields into the request if it is this policy that vouches for its caller; those of
   * which the identity says nothing are left out.
   */
  public void write(Exchange exchange) {
    Identity identity = exchange.identity();
    if (identity != null && identity.policy().equals(policy)) {
      write(identity, exchange.requestHeaders());
    }
  }

  /** Puts what the identity says into other fields. */
  public void write(Identity identity, Headers headers) {
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      String value = value(identity, field.what());
      if (value != null) {
        headers.set(field.name(), safe(value));
      }
    }
  }

  private static @Nullable String value(Identity identity, String what) {
    return switch (what) {
      case "consumer" -> identity.consumer() == null ? null : identity.consumer().name();
      case "subject" -> identity.subject();
      case "policy" -> identity.policy();
      case "groups" -> String.join(" ", identity.groups());
      case "scopes" -> String.join(" ", identity.scopes());
      default -> text(Claims.at(identity.claims(), what.substring(CLAIMS.length())));
    };
  }

  private static @Nullable String text(@Nullable Object claim) {
    return switch (claim) {
      case null -> null;
      case List<?> list -> String.join(" ", list.stream().map(String::valueOf).toList());
      case Map<?, ?> _ -> null;
      default -> claim.toString();
    };
  }

  private static String safe(String value) {
    boolean plain = value.length() <= LONGEST && value.equals(value.strip());
    for (int i = 0; plain && i < value.length(); i++) {
      char c = value.charAt(i);
      plain = c >= ' ' && c < 0x7f && c != '%';
    }
    if (plain) {
      return value;
    }
    StringBuilder out = new StringBuilder();
    for (byte b : value.strip().getBytes(StandardCharsets.UTF_8)) {
      if (out.length() >= LONGEST) {
        break;
      }
      if (b >= ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(hex(b >> 4)).append(hex(b));
      }
    }
    return out.toString();
  }

  private static char hex(int nibble) {
    return "0123456789ABCDEF".charAt(nibble & 15);
  }
}
