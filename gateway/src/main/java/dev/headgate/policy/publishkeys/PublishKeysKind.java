package dev.headgate.policy.publishkeys;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.JwkWriter;
import dev.headgate.pem.PublicKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kind {@code publishKeys}. */
public final class PublishKeysKind implements PolicyKind<PublishKeys> {
  private static final int LARGEST_FILE = 64 * 1024;

  @Override
  public String name() {
    return "publishKeys";
  }

  @Override
  public Class<PublishKeys> config() {
    return PublishKeys.class;
  }

  @Override
  public Stage stage(PublishKeys config) {
    return Stage.TRANSFORM;
  }

  @Override
  public void check(String at, PublishKeys config, Config whole, Problems problems) {
    if (config.keys().isEmpty()) {
      problems.error(at + ".keys", "there is no key to publish", "name those of 'gatewayToken'");
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(PublishKeys config, Preparation preparation) {
    List<PublicKey> keys = new ArrayList<>();
    for (String file : config.keys()) {
      try {
        PublicKey key = PublicKeys.read(preparation.file(file, LARGEST_FILE));
        JwkWriter.set(List.of(key)); // Each by itself, so that the problem names the file.
        keys.add(key);
      } catch (IOException e) {
        preparation.error("keys", "the file cannot be read: " + e.getMessage(), "");
        return null;
      } catch (InvalidKeyException e) {
        preparation.error("keys", Shown.quoted(file) + " " + e.getMessage(), "");
        return null;
      }
    }
    try {
      byte[] set = JwkWriter.set(keys).getBytes(StandardCharsets.UTF_8);
      return _ -> new PublishKeysPolicy(set, config.maxAge());
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }
}
