package dev.headgate.jwe;

import com.nimbusds.jose.EncryptionMethod;
import org.jspecify.annotations.Nullable;

/** How a token's content is encrypted (RFC 7518 section 5.1), with the lengths in bytes. */
enum ContentEncryption {
  A128GCM(EncryptionMethod.A128GCM, 12, 16),
  A256GCM(EncryptionMethod.A256GCM, 12, 16),
  A128CBC_HS256(EncryptionMethod.A128CBC_HS256, 16, 16),
  A256CBC_HS512(EncryptionMethod.A256CBC_HS512, 16, 32);

  private final EncryptionMethod nimbus;
  private final int vector;
  private final int tag;

  ContentEncryption(EncryptionMethod nimbus, int vector, int tag) {
    this.nimbus = nimbus;
    this.vector = vector;
    this.tag = tag;
  }

  EncryptionMethod nimbus() {
    return nimbus;
  }

  /** Whether they have the only lengths: a shorter tag would be easier to guess. */
  boolean fits(byte[] initializationVector, byte[] authenticationTag) {
    return initializationVector.length == vector && authenticationTag.length == tag;
  }

  /** The one of that name, or null. Case counts. */
  static @Nullable ContentEncryption of(String name) {
    for (ContentEncryption one : values()) {
      if (one.nimbus.getName().equals(name)) {
        return one;
      }
    }
    return null;
  }
}
