package dev.headgate.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verifiers against the vectors of the standards and against the JDK's signers. */
class SignatureTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final String ED25519_PREFIX = "302a300506032b6570032100";

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ECPublicKey point(String curve, String x, String y)
      throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    return (ECPublicKey)
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(
                    new ECPoint(new BigInteger(x, 16), new BigInteger(y, 16)),
                    parameters.getParameterSpec(ECParameterSpec.class)));
  }

  @Test
  void takesTheSignatureOfRfc6979() throws Exception {
    Ecdsa key =
        Ecdsa.of(
            point(
                "secp256r1",
                "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
                "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
    byte[] signature =
        HEX.parseHex(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
    assertThat(key.verifies(text("sample"), signature)).isTrue();
    assertThat(key.verifies(text("Sample"), signature)).isFalse();
  }

  @Test
  void takesTheSignatureOfRfc8032() throws Exception {
    String key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    byte[] signature =
        HEX.parseHex(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    Ed25519 verifier =
        new Ed25519(
            KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HEX.parseHex(ED25519_PREFIX + key))));
    assertThat(verifier.verifies(new byte[] {0x72}, signature)).isTrue();
    assertThat(verifier.verifies(new byte[] {0x73}, signature)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "secp256r1, SHA256withECDSAinP1363Format",
    "secp384r1, SHA384withECDSAinP1363Format",
    "secp521r1, SHA512withECDSAinP1363Format"
  })
  void takesWhatTheJdkSignsOnACurveAndNothingElse(String curve, String algorithm) throws Exception {
    Random random = new Random(7);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    for (int round = 0; round < 20; round++) {
      KeyPair pair = generator.generateKeyPair();
      ECPublicKey published = (ECPublicKey) pair.getPublic();
      Ecdsa key = Ecdsa.of(published);
      byte[] message = new byte[random.nextInt(200)];
      random.nextBytes(message);
      byte[] signature = sign(algorithm, pair, message);
      assertThat(key.verifies(message, signature)).isTrue();
      refusesAllButThis(key::verifies, message, signature, random);

      int half = signature.length / 2;
      byte[] order = number(published.getParams().getOrder(), half);
      byte[] r = Arrays.copyOf(signature, half);
      for (byte[] odd : new byte[][] {new byte[half], order, number(BigInteger.ONE, half)}) {
        assertThat(key.verifies(message, joined(odd, odd))).isFalse();
        assertThat(key.verifies(message, joined(r, odd))).isFalse();
        assertThat(key.verifies(message, joined(odd, r))).isFalse();
      }
    }
  }

  @Test
  void takesWhatTheJdkSignsWithEd25519AndNothingElse() throws Exception {
    Random random = new Random(8);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    for (int round = 0; round < 20; round++) {
      KeyPair pair = generator.generateKeyPair();
      Ed25519 key = new Ed25519(pair.getPublic());
      byte[] message = new byte[random.nextInt(200)];
      random.nextBytes(message);
      byte[] signature = sign("Ed25519", pair, message);
      assertThat(key.verifies(message, signature)).isTrue();
      refusesAllButThis(key::verifies, message, signature, random);
    }
  }

  @Test
  void anEd25519SignatureHasOneSpelling() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] signature = sign("Ed25519", pair, text("m"));
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] s = Arrays.copyOfRange(signature, 32, 64);
    byte[] more = number(new BigInteger(1, reversed(s)).add(order), 32);
    byte[] other = joined(Arrays.copyOf(signature, 32), reversed(more));
    assertThat(new Ed25519(pair.getPublic()).verifies(text("m"), other)).isFalse();
  }

  @Test
  void aKeyOnAnotherCurveIsNone() throws Exception {
    AlgorithmParameters p256 = AlgorithmParameters.getInstance("EC");
    p256.init(new ECGenParameterSpec("secp256r1"));
    ECParameterSpec curve = p256.getParameterSpec(ECParameterSpec.class);
    ECPublicKey offCurve =
        (ECPublicKey)
            KeyFactory.getInstance("EC")
                .generatePublic(
                    new ECPublicKeySpec(new ECPoint(BigInteger.ONE, BigInteger.ONE), curve));
    assertThatThrownBy(() -> Ecdsa.of(offCurve)).isInstanceOf(IllegalArgumentException.class);

    KeyPair ed448 = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
    assertThatThrownBy(() -> new Ed25519(ed448.getPublic()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private interface Verifier {
    boolean verifies(byte[] message, byte[] signature);
  }

  private static void refusesAllButThis(
      Verifier verifier, byte[] message, byte[] signature, Random random) {
    byte[] changed = signature.clone();
    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    assertThat(verifier.verifies(message, changed)).isFalse();
    byte[] longer = Arrays.copyOf(message, message.length + 1);
    assertThat(verifier.verifies(longer, signature)).isFalse();
    for (int length : new int[] {0, 1, signature.length - 1, signature.length + 1}) {
      assertThat(verifier.verifies(message, Arrays.copyOf(signature, length))).isFalse();
    }
  }

  private static byte[] sign(String algorithm, KeyPair pair, byte[] message)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(pair.getPrivate());
    signer.update(message);
    return signer.sign();
  }

  private static byte[] number(BigInteger number, int size) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[size];
    int length = Math.min(size, bytes.length);
    System.arraycopy(bytes, bytes.length - length, padded, size - length, length);
    return padded;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
