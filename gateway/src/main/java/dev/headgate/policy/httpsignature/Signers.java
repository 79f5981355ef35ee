package dev.headgate.policy.httpsignature;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Consumer;
import dev.headgate.config.Shown;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.exchange.Preparation;
import dev.headgate.pem.PublicKeys;
import dev.headgate.secret.SharedSecret;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All who may sign, by the names of their keys. Immutable. */
@Shared
final class Signers {
  private static final int LARGEST_FILE = 64 * 1024;

  private final Map<String, Signer> byKeyid = new HashMap<>();

  /** Somebody with a key. */
  record Signer(SigningKey key, Identity identity) {}

  private Signers() {}

  /** Reads the keys of all consumers; null after problems were reported. */
  static @Nullable Signers prepare(Preparation preparation) {
    Signers signers = new Signers();
    boolean good = true;
    for (Map.Entry<String, Consumer> consumer : preparation.consumers().entrySet()) {
      KnownConsumer known = new KnownConsumer(consumer.getKey(), consumer.getValue());
      for (Consumer.Credential credential : consumer.getValue().credentials()) {
        if (credential.credential().config() instanceof HttpSignatureCredential signing) {
          good &= signers.add(signing, known, preparation);
        }
      }
    }
    return good ? signers : null;
  }

  private boolean add(
      HttpSignatureCredential credential, KnownConsumer consumer, Preparation preparation) {
    try {
      Identity identity =
          new Identity(preparation.name(), credential.keyid(), consumer, List.of(), Map.of());
      byKeyid.put(credential.keyid(), new Signer(key(credential, preparation), identity));
      return true;
    } catch (IOException | InvalidKeyException e) {
      preparation.error(
          "",
          "the key "
              + Shown.quoted(credential.keyid())
              + " of "
              + consumer.name()
              + ": "
              + Shown.quoted(String.valueOf(credential.publicKey()))
              + (e instanceof IOException ? " cannot be read: " : " ")
              + e.getMessage(),
          "");
      return false;
    }
  }

  private static SigningKey key(HttpSignatureCredential credential, Preparation preparation)
      throws IOException, InvalidKeyException {
    if (credential.secret() != null) {
      return SigningKey.secret(SharedSecret.bytes(credential.secret(), credential.encoding()));
    }
    byte[] file = preparation.file(String.valueOf(credential.publicKey()), LARGEST_FILE);
    return SigningKey.of(PublicKeys.read(file), credential.algorithm());
  }

  @Nullable Signer of(String keyid) {
    return byKeyid.get(keyid);
  }
}
