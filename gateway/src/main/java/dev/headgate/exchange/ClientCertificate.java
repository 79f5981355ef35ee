package dev.headgate.exchange;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a client has shown, with proof that it has the key: verified against the
 * authorities of its listener. Read once for each connection; immutable.
 */
public final class ClientCertificate {
  private static final String SPIFFE = "spiffe://";
  private static final int LONGEST_SPIFFE = 2048;
  private static final int LONGEST_TRUST_DOMAIN = 255;

  /** No name is longer, and no certificate has more of them, that anybody would write down. */
  private static final int LONGEST_NAME = 2048;

  private static final int MOST_NAMES = 64;

  private final String subject;
  private final String canonicalSubject;
  private final String issuer;
  private final String serial;
  private final Map<NameKind, List<String>> names;
  private final @Nullable String spiffe;
  private final String fingerprint;
  private final String thumbprint;
  private final long notAfter;

  /** The kinds of alternative names (RFC 5280 section 4.2.1.6) that tell one caller from others. */
  public enum NameKind {
    EMAIL(1),
    DNS(2),
    URI(6),
    IP(7);

    private final int tag;

    NameKind(int tag) {
      this.tag = tag;
    }

    /** As the configuration has it, such as {@code dns}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The one form of a name that stands for all that mean the same: hosts in lower case, those of
     * mail addresses too (RFC 5280 section 7).
     */
    public String canonical(String name) {
      return switch (this) {
        case DNS, IP -> name.toLowerCase(Locale.ROOT);
        case EMAIL -> {
          int at = name.lastIndexOf('@') + 1;
          yield name.substring(0, at) + name.substring(at).toLowerCase(Locale.ROOT);
        }
        case URI -> name;
      };
    }

    private static @Nullable NameKind of(@Nullable Object tag) {
      for (NameKind kind : values()) {
        if (tag instanceof Integer number && number == kind.tag) {
          return kind;
        }
      }
      return null;
    }
  }

  private ClientCertificate(X509Certificate certificate) throws GeneralSecurityException {
    X500Principal named = certificate.getSubjectX500Principal();
    this.subject = named.getName();
    this.canonicalSubject = named.getName(X500Principal.CANONICAL);
    this.issuer = certificate.getIssuerX500Principal().getName();
    this.serial = certificate.getSerialNumber().toString(16);
    this.names = names(certificate);
    this.spiffe = spiffe(names(NameKind.URI));
    byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    this.fingerprint = HexFormat.of().formatHex(sha256);
    this.thumbprint = Base64.getUrlEncoder().withoutPadding().encodeToString(sha256);
    this.notAfter = certificate.getNotAfter().getTime();
  }

  /** Reads a certificate that was verified. Costs some 50 microseconds. */
  public static ClientCertificate of(X509Certificate certificate) {
    try {
      return new ClientCertificate(certificate);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a certificate that was verified can be read", e);
    }
  }

  private static Map<NameKind, List<String>> names(X509Certificate certificate) {
    Map<NameKind, List<String>> names = new EnumMap<>(NameKind.class);
    Collection<List<?>> all;
    try {
      all = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      // Names that cannot be read are none.
      return names;
    }
    int count = 0;
    for (List<?> one : all == null ? List.<List<?>>of() : all) {
      NameKind kind = NameKind.of(one.getFirst());
      if (kind != null
          && one.get(1) instanceof String name
          && name.length() <= LONGEST_NAME
          && count++ < MOST_NAMES) {
        names.computeIfAbsent(kind, _ -> new ArrayList<>()).add(kind.canonical(name));
      }
    }
    names.replaceAll((_, list) -> List.copyOf(list));
    return names;
  }

  /** A certificate with several URIs is no SPIFFE identity (X509-SVID section 2). */
  private static @Nullable String spiffe(List<String> uris) {
    return uris.size() == 1 && isSpiffeId(uris.getFirst()) ? uris.getFirst() : null;
  }

  /**
   * Whether a text is a SPIFFE ID: a trust domain in lower case, then segments of letters, digits,
   * dots, hyphens and underscores, none of them empty, {@code .} or {@code ..}.
   */
  public static boolean isSpiffeId(String text) {
    if (!text.startsWith(SPIFFE) || text.length() > LONGEST_SPIFFE) {
      return false;
    }
    String[] parts = text.substring(SPIFFE.length()).split("/", -1);
    boolean good = !parts[0].isEmpty() && parts[0].length() <= LONGEST_TRUST_DOMAIN;
    for (int i = 0; good && i < parts.length; i++) {
      good = !parts[i].isEmpty() && !parts[i].equals(".") && !parts[i].equals("..");
      for (int at = 0; good && at < parts[i].length(); at++) {
        char c = parts[i].charAt(at);
        boolean capital = c >= 'A' && c <= 'Z';
        good =
            (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || (capital && i > 0);
      }
    }
    return good;
  }

  /** The subject's name as RFC 2253 and RFC 4514 write it; empty if it has none. */
  public String subject() {
    return subject;
  }

  /** The subject's name in the form that two names which mean the same have in common. */
  public String canonicalSubject() {
    return canonicalSubject;
  }

  /** The issuer's name, as {@link #subject} has the subject's. */
  public String issuer() {
    return issuer;
  }

  /** The serial number in hexadecimal digits. */
  public String serial() {
    return serial;
  }

  /** The alternative names of that kind, in the form of {@link NameKind#canonical}. */
  public List<String> names(NameKind kind) {
    return names.getOrDefault(kind, List.of());
  }

  /** Its SPIFFE ID; null if it has none. */
  public @Nullable String spiffe() {
    return spiffe;
  }

  /** The SHA-256 of the certificate, as 64 hexadecimal digits. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The same in base64url, as tokens have it that are bound to it (RFC 8705, {@code x5t#S256}). */
  public String thumbprint() {
    return thumbprint;
  }

  /** Until when it is valid, in milliseconds since 1970. */
  public long notAfter() {
    return notAfter;
  }

  @Override
  public String toString() {
    return "ClientCertificate[" + fingerprint + "]";
  }
}
