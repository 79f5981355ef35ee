package dev.headgate.policy.apikey;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.Problems;
import dev.headgate.exchange.CredentialList;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    Map<String, String> owners = new HashMap<>();
    whole
        .consumers()
        .forEach((name, consumer) -> {
          for (Consumer.Credential credential : consumer.credentials()) {
            if (credential.credential().config() instanceof ApiKeyCredential key) {
              String hash = key.sha256().toLowerCase(Locale.ROOT);
              String owner = owners.putIfAbsent(hash, name);
              if (owner != null) {
                problems.error(
                    "consumers." + name, "one of its keys is also a key of " + owner, "");
              }
            }
          }
        });
    if (owners.isEmpty()) {
      problems.warning(at, "no consumer has an API key: nobody can call", "");
    }
  }

  @Override
  public PolicyFactory prepare(ApiKey config, Preparation preparation) {
    KeyTable table = ConsumersKeys.table(preparation);
    KeyRing ring = new KeyRing(table, preparation.name(), preparation.consumers());
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new ApiKeyPolicy(config, ring, headers, loop);
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
        return List.of(table);
      }
    };
  }
}
