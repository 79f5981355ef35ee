package dev.headgate.policy.apikey;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.check.CredentialOwners;
import dev.headgate.exchange.CredentialList;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.secret.ProvenSecrets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kind {@code apiKey}. */
public final class ApiKeyKind implements PolicyKind<ApiKey> {
  @Override
  public String name() {
    return "apiKey";
  }

  @Override
  public Class<ApiKey> config() {
    return ApiKey.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(ApiKey config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, ApiKey config, Config whole, Problems problems) {
    CredentialPlace.check(at, config.header(), config.query(), config.cookie(), problems);
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    String file = config.keysFile();
    if (file != null && file.isBlank()) {
      problems.error(at + ".keysFile", "the name of a file is empty", "");
    }
    if (hashes(whole, problems).isEmpty() & prefixes(whole, problems).isEmpty() && file == null) {
      problems.warning(at, "no consumer has an API key: nobody can call", "");
    }
  }

  private static Map<String, String> hashes(Config whole, Problems problems) {
    return CredentialOwners.of(
        whole,
        ApiKeyCredential.class,
        key -> key.sha256() == null ? null : key.sha256().toLowerCase(Locale.ROOT),
        (where, _, owner) ->
            problems.error(where, "one of its keys is also a key of " + owner, ""));
  }

  private static Map<String, String> prefixes(Config whole, Problems problems) {
    Map<String, String> owners =
        new TreeMap<>(
            CredentialOwners.of(
                whole,
                ApiKeyCredential.class,
                ApiKeyCredential::prefix,
                (where, _, owner) ->
                    problems.error(
                        where,
                        "the prefix of one of its keys is also one of " + owner,
                        "a prefix tells whose a key is")));
    // In this order a prefix comes right before those that begin with it.
    String before = null;
    for (Map.Entry<String, String> one : owners.entrySet()) {
      if (before != null && one.getKey().startsWith(before)) {
        problems.error(
            "consumers." + one.getValue(),
            "a key's prefix '%s' begins with another's, '%s'".formatted(one.getKey(), before),
            "a prefix tells whose a key is");
      } else {
        before = one.getKey();
      }
    }
    return owners;
  }

  @Override
  public @Nullable PolicyFactory prepare(ApiKey config, Preparation preparation) {
    ConsumersKeys written = ConsumersKeys.of(preparation);
    KeyTable inFile = null;
    if (config.keysFile() != null) {
      inFile = FileKeys.read(config.keysFile(), preparation, written.fast());
      if (inFile == null) {
        return null;
      }
    }
    PolicyKeys keys = new PolicyKeys(preparation.name(), written, inFile, preparation.consumers());
    ProvenSecrets.ByLoop proven = ProvenSecrets.ByLoop.shared(preparation);
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new ApiKeyPolicy(config, keys, headers, proven.of(loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }

      @Override
      public List<String> credentialParameters() {
        String query = config.query();
        return query == null ? List.of() : List.of(query);
      }

      @Override
      public List<CredentialList> credentials() {
        return keys.lists();
      }
    };
  }
}
