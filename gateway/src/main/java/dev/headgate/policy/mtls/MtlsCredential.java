package dev.headgate.policy.mtls;

import dev.headgate.config.Config;
import dev.headgate.config.Doc;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.ClientCertificate.NameKind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

@Doc("The client certificates that are this consumer's: exactly one of these says which.")
public record MtlsCredential(
    @Doc(
            value =
                "The whole name of the subject (RFC 4514); spaces and case do not matter, the order does. `openssl x509"
                    + " -subject -nameopt RFC2253` prints it.",
            example = "\"CN=acme,O=Partners,C=DE\"")
        @Nullable String subject,
    @Doc(
            value = "One of its DNS names. A name with `*` means only itself.",
            example = "batch.acme.example")
        @Nullable String dns,
    @Doc(value = "One of its URIs, letter by letter.", example = "\"urn:acme:batch\"")
        @Nullable String uri,
    @Doc(
            value = "Its SPIFFE ID: the only URI in the certificate.",
            example = "\"spiffe://example.org/acme/batch\"")
        @Nullable String spiffe,
    @Doc(value = "One of its mail addresses.", example = "batch@acme.example")
        @Nullable String email,
    @Doc(value = "One of its IP addresses.", example = "192.0.2.7") @Nullable String ip,
    @Doc(
            value =
                "The SHA-256 of the certificate, 64 hexadecimal digits, with colons or without: this certificate and no"
                    + " other. `openssl x509 -fingerprint -sha256` prints it.",
            example = "\"9F:86:D0:81:88:4C:7D:65:…\"")
        @Nullable String fingerprint) {

  /** What is looked for in a certificate, in a form that {@link Owners} finds. */
  record Wanted(String field, String value) {}

  /** Reports what is wrong with it. */
  public static void check(String at, MtlsCredential credential, Config whole, Problems problems) {
    List<Wanted> written = credential.written();
    if (written.size() != 1) {
      problems.error(
          at,
          written.isEmpty() ? "it says of no certificate that it is the consumer's" : "it says two",
          "name exactly one of subject, dns, uri, spiffe, email, ip and fingerprint;"
              + " a consumer can have several credentials");
      return;
    }
    Wanted one = written.getFirst();
    String path = at + "." + one.field();
    if (canonical(one) == null) {
      problems.error(path, Shown.quoted(one.value()) + " is none", hint(one.field()));
    } else if (one.field().equals("subject") && isReversed(one.value())) {
      problems.warning(
          path,
          "this begins with the country: is it the wrong way round?",
          "a name is written from its end, as in 'CN=acme,O=Partners,C=DE'");
    } else if (one.field().equals("uri") && one.value().startsWith("spiffe:")) {
      problems.warning(path, "a SPIFFE ID", "with 'spiffe' its form is checked");
    }
  }

  private static String hint(String field) {
    return switch (field) {
      case "subject" -> "as in 'CN=acme,O=Partners,C=DE'";
      case "dns" -> "a name of ASCII letters, as in 'batch.acme.example'";
      case "uri" -> "as in 'urn:acme:batch'";
      case "spiffe" -> "as in 'spiffe://example.org/acme/batch'";
      case "email" -> "as in 'batch@acme.example'";
      case "ip" -> "as in '192.0.2.7' or '2001:db8::7'";
      default -> "64 hexadecimal digits, as 'openssl x509 -fingerprint -sha256' prints them";
    };
  }

  private static boolean isReversed(String subject) {
    String canonical = new X500Principal(subject).getName(X500Principal.CANONICAL);
    return canonical.startsWith("c=") && canonical.contains(",cn=");
  }

  private List<Wanted> written() {
    List<Wanted> written = new ArrayList<>();
    add(written, "subject", subject);
    add(written, "dns", dns);
    add(written, "uri", uri);
    add(written, "spiffe", spiffe);
    add(written, "email", email);
    add(written, "ip", ip);
    add(written, "fingerprint", fingerprint);
    return written;
  }

  private static void add(List<Wanted> written, String field, @Nullable String value) {
    if (value != null) {
      written.add(new Wanted(field, value));
    }
  }

  /** What is looked for; null if that is not exactly one thing, or is malformed. */
  @Nullable Wanted wanted() {
    List<Wanted> written = written();
    return written.size() == 1 ? canonical(written.getFirst()) : null;
  }

  private static @Nullable Wanted canonical(Wanted written) {
    String value = written.value();
    String canonical =
        switch (written.field()) {
          case "subject" -> canonicalSubject(value);
          case "dns" -> isPlain(value) ? NameKind.DNS.canonical(value) : null;
          case "uri" -> isPlain(value) && value.indexOf(':') > 0 ? value : null;
          case "spiffe" -> ClientCertificate.isSpiffeId(value) ? value : null;
          case "email" ->
              isPlain(value) && value.indexOf('@') > 0 ? NameKind.EMAIL.canonical(value) : null;
          case "ip" -> canonicalAddress(value);
          default -> canonicalFingerprint(value);
        };
    return canonical == null ? null : new Wanted(written.field(), canonical);
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static @Nullable String canonicalSubject(String text) {
    try {
      String canonical = new X500Principal(text).getName(X500Principal.CANONICAL);
      return canonical.isEmpty() ? null : canonical;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String canonicalAddress(String text) {
    try {
      return InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String canonicalFingerprint(String text) {
    String digits = text.replace(":", "").toLowerCase(Locale.ROOT);
    boolean good = digits.length() == 64;
    for (int i = 0; good && i < digits.length(); i++) {
      good = Character.digit(digits.charAt(i), 16) >= 0 && digits.charAt(i) < 0x80;
    }
    return good ? digits : null;
  }
}
