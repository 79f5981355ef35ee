package dev.headgate.policy.hmac;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kind {@code hmac}. */
public final class HmacKind implements PolicyKind<Hmac> {
  private static final String NAME = "hmac";

  /** How many secrets may be tried for one request. */
  private static final int MOST_SECRETS = 4;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Hmac> config() {
    return Hmac.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Hmac config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Hmac config, Config whole, Problems problems) {
    HeaderFields fields = new HeaderFields(problems);
    fields.changed(at + ".signature.header", config.signature().header());
    place(at + ".timestamp", config.timestamp().header(), config.timestamp().parameter(), problems);
    place(at + ".key", config.key().header(), config.key().parameter(), problems);
    signed(at, config, problems);
    if ((config.key().header() == null) == (config.consumer() == null)) {
      problems.error(
          at,
          "who signs is named by the request or here",
          "say where, in 'key', or else whose secrets are taken, in 'consumer'");
    }
    if (config.window() != null && config.timestamp().header() == null) {
      problems.error(
          at + ".timestamp",
          "without a time a signature is good for ever",
          "name its 'header', or write 'window: off'");
    }
    if (config.maxBodies().bytes() < config.maxBody().bytes()) {
      problems.error(at + ".maxBodies", "not even one body of 'maxBody' has room", "");
    }
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
    owners(at, config, whole, problems);
  }

  private static void place(
      String at, @Nullable String header, @Nullable String parameter, Problems problems) {
    if (header != null) {
      new HeaderFields(problems).name(at + ".header", header);
    } else if (parameter != null) {
      problems.error(at + ".parameter", "a parameter is in a field", "name its 'header'");
    }
  }

  private static void signed(String at, Hmac config, Problems problems) {
    try {
      SignedText text = SignedText.parse(config.signed());
      if (config.timestamp().header() != null && !text.hasTimestamp()) {
        problems.error(
            at + ".signed",
            "the time is not signed: anybody could write another one",
            "write '{timestamp}' where it stands");
      } else if (config.timestamp().header() == null && text.hasTimestamp()) {
        problems.error(at + ".timestamp", "nothing says where the time is", "name its 'header'");
      }
      if (text.before().isEmpty() && text.body() == SignedText.Body.NOTHING) {
        problems.error(at + ".signed", "nothing is signed", "");
      }
    } catch (IllegalArgumentException e) {
      problems.error(at + ".signed", "it cannot be read", String.valueOf(e.getMessage()));
    }
    if (config.signed().contains("\\n")) {
      problems.warning(
          at + ".signed", "a backslash is signed, and no line break", "use double quotes");
    }
    if (config.signed().contains("}{")) {
      problems.warning(
          at + ".signed",
          "nothing stands between two parts: a signature is good for others too that read the same",
          "");
    }
  }

  private static void owners(String at, Hmac config, Config whole, Problems problems) {
    String only = config.consumer();
    Map<String, String> owners = new HashMap<>();
    Map<String, Integer> counts = new HashMap<>();
    whole
        .consumers()
        .forEach((name, consumer) -> {
          for (Consumer.Credential credential : consumer.credentials()) {
            if (credential.credential().config() instanceof HmacCredential hmac
                && (only == null || only.equals(name))) {
              String id = only != null ? name : Secrets.id(name, hmac);
              String owner = owners.putIfAbsent(id, name);
              if (owner != null && !owner.equals(name)) {
                problems.error(
                    "consumers." + name,
                    "the key id " + Shown.quoted(id) + " is also one of " + owner,
                    "");
              } else if (counts.merge(id, 1, Integer::sum) == MOST_SECRETS + 1) {
                problems.error(
                    "consumers." + name,
                    "more than " + MOST_SECRETS + " secrets could have signed a request",
                    "give them different ids, and have requests name their 'key'");
              }
            }
          }
        });
    if (only != null && !whole.consumers().containsKey(only)) {
      problems.error(at + ".consumer", "there is no consumer " + Shown.quoted(only), "");
    } else if (owners.isEmpty()) {
      problems.warning(at, "nobody has a secret that signs: nobody can call", "");
    }
  }

  @Override
  public PolicyFactory prepare(Hmac config, Preparation preparation) {
    Secrets secrets =
        new Secrets(
            preparation.name(),
            preparation.consumers(),
            config.consumer(),
            config.algorithm().java());
    long knownNanos =
        config.window() == null
            ? 0
            : config.window().plus(config.leeway().multipliedBy(2)).toNanos();
    SeenOnce seen = SeenOnce.shared(preparation, NAME, knownNanos);
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    HmacPolicy.Prepared prepared =
        new HmacPolicy.Prepared(
            config, SignedText.parse(config.signed()), secrets, seen, knownNanos, headers);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new HmacPolicy(prepared, loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }
}
