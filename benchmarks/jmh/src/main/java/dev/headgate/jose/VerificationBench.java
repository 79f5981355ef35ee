package dev.headgate.jose;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How many tokens that nobody has seen yet a core reads and verifies. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class VerificationBench {
  private static final String CLAIMS =
      "{\"iss\":\"https://idp.example.com\",\"aud\":\"orders\",\"sub\":\"ada\",\"exp\":4102444800,"
          + "\"iat\":1700000000,\"scope\":\"orders:read orders:write\",\"tenant\":\"north\"}";

  @Param({"RS256", "ES256", "EDDSA"})
  JwsAlgorithm algorithm;

  private VerificationKey key;
  private byte[] token;

  @Setup
  public void sign() throws GeneralSecurityException {
    KeyPair pair =
        switch (algorithm) {
          case RS256 -> pair("RSA", 2048);
          case ES256 -> pair("EC", 256);
          default -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        };
    Signature signer =
        Signature.getInstance(
            switch (algorithm) {
              case RS256 -> "SHA256withRSA";
              case ES256 -> "SHA256withECDSAinP1363Format";
              default -> "Ed25519";
            });
    String name = algorithm == JwsAlgorithm.EDDSA ? "EdDSA" : algorithm.name();
    String signed = base64("{\"alg\":\"" + name + "\",\"kid\":\"k1\"}") + "." + base64(CLAIMS);
    signer.initSign(pair.getPrivate());
    signer.update(signed.getBytes(StandardCharsets.US_ASCII));
    token = (signed + "." + base64(signer.sign())).getBytes(StandardCharsets.US_ASCII);
    key = VerificationKey.of("k1", Set.of(algorithm), pair.getPublic());
  }

  private static KeyPair pair(String family, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Benchmark
  public boolean verify() throws Malformed {
    boolean holds = key.verifies(algorithm, CompactJws.parse(token, 0, token.length));
    if (!holds) {
      throw new IllegalStateException("the signature is right");
    }
    return holds;
  }
}
