package dev.headgate.pem;

import java.io.ByteArrayOutputStream;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Private keys out of PEM blocks: PKCS #8, and the two older forms that many tools still write.
 *
 * <p>The JDK decodes PKCS #8 only. PKCS #1 ({@code RSA PRIVATE KEY}) and SEC 1 ({@code EC PRIVATE
 * KEY}, RFC 5915) hold the same numbers without the algorithm's name, so both are put into a PKCS
 * #8 envelope: a sequence of version, algorithm and the old form as an octet string. The curve of
 * an EC key is in its optional field {@code [0]}, and moves into the algorithm.
 */
public final class PrivateKeys {
  private static final byte[] RSA_OID = {
    0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01
  };
  private static final byte[] EC_OID = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };
  private static final byte[] NULL = {0x05, 0x00};
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int CURVE = 0xa0;

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

  private PrivateKeys() {}

  /** Whether a block's label is one of a private key, of any form, encrypted ones included. */
  public static boolean isKey(String label) {
    return label.endsWith("PRIVATE KEY");
  }

  /**
   * The only private key of a file.
   *
   * @param pem the file's bytes
   * @throws InvalidKeyException if there is none, or several, or as {@link #decode} does
   */
  public static PrivateKey read(byte[] pem) throws InvalidKeyException {
    List<Pem.Block> blocks =
        Pem.of(pem).blocks().stream().filter(block -> isKey(block.label())).toList();
    if (blocks.size() != 1) {
      throw new InvalidKeyException(blocks.isEmpty() ? "has no private key" : "has several keys");
    }
    return decode(blocks.getFirst());
  }

  /**
   * @throws InvalidKeyException if the form is unknown, the key is encrypted or is of a kind that
   *     cannot be used; the message is for a person and contains nothing of the key
   */
  public static PrivateKey decode(Pem.Block block) throws InvalidKeyException {
    if (block.encrypted() || block.label().equals("ENCRYPTED PRIVATE KEY")) {
      throw new InvalidKeyException(
          "is encrypted: write it without a passphrase (openssl pkey -in KEY -out PLAIN) and guard it by"
              + " file permissions");
    }
    return switch (block.label()) {
      case "PRIVATE KEY" -> fromPkcs8(block.der());
      case "RSA PRIVATE KEY" -> fromPkcs8(envelope(block.der(), RSA_OID, NULL));
      case "EC PRIVATE KEY" -> fromPkcs8(envelope(block.der(), EC_OID, curve(block.der())));
      case String label -> throw new InvalidKeyException("has a key of an unknown form: " + label);
    };
  }

  private static PrivateKey fromPkcs8(byte[] der) throws InvalidKeyException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // The next algorithm's turn; a message would quote the key's bytes.
        continue;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new InvalidKeyException("has no usable key: RSA, EC (P-256, P-384, P-521) or Ed25519");
  }

  private static byte[] envelope(byte[] key, byte[] oid, byte[] parameters) {
    return tagged(
        SEQUENCE, VERSION_0, tagged(SEQUENCE, oid, parameters), tagged(OCTET_STRING, key));
  }

  /** The content of field [0] of an ECPrivateKey: the curve's name. */
  private static byte[] curve(byte[] der) throws InvalidKeyException {
    DerReader fields = new DerReader(der, 0, der.length).enter(SEQUENCE);
    while (fields.hasNext()) {
      if (fields.tag() == CURVE) {
        return fields.content();
      }
      fields.skip();
    }
    throw new InvalidKeyException(
        "has an EC key that does not name its curve: write it anew as PKCS #8 (openssl pkey)");
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else if (length < 0x10000) {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    } else {
      out.write(0x83);
      out.write(length >> 16);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Walks over the elements of one level of DER. */
  private static final class DerReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    DerReader(byte[] bytes, int start, int end) {
      this.bytes = bytes;
      this.at = start;
      this.end = end;
    }

    boolean hasNext() {
      return at < end;
    }

    int tag() {
      return bytes[at] & 0xff;
    }

    DerReader enter(int tag) throws InvalidKeyException {
      if (!hasNext() || tag() != tag) {
        throw broken();
      }
      int start = contentStart();
      return new DerReader(bytes, start, start + length());
    }

    byte[] content() throws InvalidKeyException {
      int start = contentStart();
      return Arrays.copyOfRange(bytes, start, start + length());
    }

    void skip() throws InvalidKeyException {
      at = contentStart() + length();
    }

    private int contentStart() throws InvalidKeyException {
      if (end - at < 2) {
        throw broken();
      }
      int first = bytes[at + 1] & 0xff;
      int lengthBytes = first < 0x80 ? 0 : first & 0x7f;
      if (lengthBytes > 3 || end - at < 2 + lengthBytes) {
        throw broken();
      }
      return at + 2 + lengthBytes;
    }

    private int length() throws InvalidKeyException {
      int start = contentStart();
      int length = bytes[at + 1] & 0xff;
      if (length >= 0x80) {
        length = 0;
        for (int i = at + 2; i < start; i++) {
          length = length << 8 | bytes[i] & 0xff;
        }
      }
      if (length > end - start) {
        throw broken();
      }
      return length;
    }

    private static InvalidKeyException broken() {
      return new InvalidKeyException("has an EC key that is not well-formed");
    }
  }
}
