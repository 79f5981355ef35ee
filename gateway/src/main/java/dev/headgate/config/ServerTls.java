package dev.headgate.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("TLS of a listener.")
public record ServerTls(
    @Doc(
            "Certificates with their keys, chosen by the name the client asks for (SNI); the first is the fallback.")
        @OneOrMany
        List<KeyPair> certificates,
    @Doc("The oldest TLS version taken.") @Default("TLSv1.2") TlsVersion minVersion,
    @Doc("Client certificates.") Clients clients) {

  @Doc(
      "A certificate chain and its private key, as PEM files. Both are read again when they change.")
  public record KeyPair(
      @Doc(value = "PEM file: the certificate, then its intermediates.", example = "certs/api.pem")
          String chain,
      @Doc(value = "PEM file: the private key, PKCS #8, not encrypted.", example = "certs/api.key")
          String key) {}

  @Doc("Whether clients show a certificate.")
  public record Clients(
      @Doc(
              "`none` asks for no certificate, `optional` checks one that is shown, `required` refuses without one.")
          @Default("none")
          Mode mode,
      @Doc(
              "PEM file: the authorities that client certificates must come from. Needed unless `mode` is `none`.")
          @Nullable String ca) {}

  /** Whether clients show a certificate. */
  public enum Mode {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /** A TLS version, written as in {@code TLSv1.2}. */
  public enum TlsVersion implements Spelled {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String text;

    TlsVersion(String text) {
      this.text = text;
    }

    /** The name that JSSE, OpenSSL and the configuration use. */
    @Override
    public String text() {
      return text;
    }
  }
}
