package dev.headgate.exchange;

import dev.headgate.config.Consumer;
import dev.headgate.config.ServerTls;
import dev.headgate.config.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** What a policy may use while it is prepared. Off the loops. */
public interface Preparation {
  /** What the user calls the policy: its name, or its kind where it has none. */
  String name();

  /** What operators know the policy by among all others: its name, or its place if it has none. */
  default String knownAs() {
    return place().startsWith("policies.") ? name() : place();
  }

  /** Where the policy is written, which no other policy is: its path in the configuration. */
  String place();

  /** The consumers by name; a policy that asks for them is made again when they change. */
  Map<String, Consumer> consumers();

  /** What time it is. */
  Instant now();

  /** What a path in the configuration means: relative ones start at the configuration's folder. */
  Path resolve(String path);

  /** TLS settings whose paths have been resolved. */
  default Upstream.ClientTls resolve(Upstream.ClientTls tls) {
    ServerTls.KeyPair pair = tls.certificate();
    return new Upstream.ClientTls(
        tls.verify(),
        tls.ca() == null ? null : resolve(tls.ca()).toString(),
        tls.serverName(),
        pair == null
            ? null
            : new ServerTls.KeyPair(
                resolve(pair.chain()).toString(), resolve(pair.key()).toString()));
  }

  /**
   * A store of the configuration, for {@link Stores}; a policy that asks for it is made again when
   * it changes.
   *
   * @param name checked before
   */
  Stores.Place store(String name);

  /**
   * Opens a file. The policy is made again when it changes.
   *
   * @throws IOException if it cannot be read
   */
  InputStream open(String path) throws IOException;

  /**
   * Reads a file. The policy is made again when it changes.
   *
   * @param most the most bytes that it may have
   * @throws IOException if it cannot be read or is larger
   */
  default byte[] file(String path, int most) throws IOException {
    try (InputStream in = open(path)) {
      byte[] content = in.readNBytes(most + 1);
      if (content.length > most) {
        throw new IOException("larger than " + most + " bytes");
      }
      return content;
    }
  }

  /**
   * State that outlives this revision, such as keys that were fetched: the same object for as long
   * as some policy in use holds it.
   *
   * @param key equal for what shall be the same object; must not be an object that only this call
   *     made
   * @param type of the object, which must be safe to use from all loops
   */
  <T> T shared(Class<T> type, Object key, Supplier<T> make);

  /**
   * Reports what makes the policy unusable.
   *
   * @param field below the policy's record, such as {@code issuer}; empty for the whole
   */
  void error(String field, String message, String hint);

  /** Reports what is legal but hardly meant. */
  void warning(String field, String message, String hint);
}
