package dev.headgate.jwe;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEDecrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.RSADecrypter;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import dev.headgate.concurrent.Shared;
import dev.headgate.jose.JwkWriter;
import dev.headgate.pem.PublicKeys;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.text.ParseException;
import org.jspecify.annotations.Nullable;

/** A private key that opens tokens. It decides the algorithm, not the token. Immutable. */
@Shared
final class DecryptionKey {
  private static final int SHORTEST_RSA = 2048;

  private final PrivateKey key;
  private final JweAlgorithm.Family family;
  private final String id;

  private DecryptionKey(PrivateKey key, JweAlgorithm.Family family, String id) {
    this.key = key;
    this.family = family;
    this.id = id;
  }

  /**
   * @throws InvalidKeyException if nothing can be encrypted for it; the message is for a person
   */
  static DecryptionKey of(PrivateKey key) throws InvalidKeyException {
    JweAlgorithm.Family family =
        switch (key) {
          case RSAPrivateKey rsa when rsa.getModulus().bitLength() < SHORTEST_RSA ->
              throw new InvalidKeyException(
                  "has an RSA key of fewer than " + SHORTEST_RSA + " bits");
          case RSAPrivateKey _ -> JweAlgorithm.Family.RSA;
          case ECPrivateKey _ -> JweAlgorithm.Family.EC;
          default ->
              throw new InvalidKeyException(
                  "has a key that nothing can be encrypted for: it must be RSA or EC");
        };
    return new DecryptionKey(key, family, JwkWriter.thumbprint(PublicKeys.of(key)));
  }

  JweAlgorithm.Family family() {
    return family;
  }

  /** Its thumbprint (RFC 7638), which tokens may name. */
  String id() {
    return id;
  }

  /** What is inside a token; null if it was not encrypted for this key, or was changed. Slow. */
  byte @Nullable [] open(CompactJwe token) {
    try {
      Base64URL header = new Base64URL(token.header());
      CompactJwe.Parts parts = token.parts();
      return decrypter()
          .decrypt(
              header(token, header),
              parts.key().length == 0 ? null : Base64URL.encode(parts.key()),
              Base64URL.encode(parts.vector()),
              Base64URL.encode(parts.content()),
              Base64URL.encode(parts.tag()),
              token.header().getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException | ParseException | RuntimeException e) {
      // Whatever it was, nobody may learn more of it than that.
      return null;
    }
  }

  private JWEDecrypter decrypter() throws JOSEException {
    return switch (key) {
      case ECPrivateKey ec -> new ECDHDecrypter(ec);
      default -> new RSADecrypter(key);
    };
  }

  /** Only what was understood of the header; the library must not find more in it. */
  private static JWEHeader header(CompactJwe token, Base64URL parsed) throws ParseException {
    JWEHeader.Builder header =
        new JWEHeader.Builder(token.algorithm().nimbus(), token.encryption().nimbus())
            .parsedBase64URL(parsed);
    CompactJwe.Agreement agreement = token.agreement();
    if (agreement != null) {
      header
          .ephemeralPublicKey(ECKey.parse(agreement.key()))
          .agreementPartyUInfo(base64(agreement.apu()))
          .agreementPartyVInfo(base64(agreement.apv()));
    }
    return header.build();
  }

  private static @Nullable Base64URL base64(@Nullable String text) {
    return text == null ? null : new Base64URL(text);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "DecryptionKey " + id;
  }
}
