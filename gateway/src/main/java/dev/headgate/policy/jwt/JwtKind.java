package dev.headgate.policy.jwt;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.SecretText;
import dev.headgate.config.ServerTls;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.FetchedKeys;
import dev.headgate.jose.JwkReader;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.JwsAlgorithm.Family;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.KeySource;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kind {@code jwt}. */
public final class JwtKind implements PolicyKind<Jwt> {
  private static final int LARGEST_FILE = 256 * 1024;

  @Override
  public String name() {
    return "jwt";
  }

  @Override
  public Class<Jwt> config() {
    return Jwt.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Jwt config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Jwt config, Config whole, Problems problems) {
    if (config.issuer().isBlank()) {
      problems.error(at + ".issuer", "the issuer is empty", "it is the 'iss' of the tokens");
    }
    if (config.audience().isEmpty()) {
      problems.error(
          at + ".audience",
          "whom must a token be for?",
          "name what is in the tokens' 'aud', or write 'any' to take those for others too");
    } else if (config.audience().contains("any") && config.audience().size() > 1) {
      problems.error(at + ".audience", "'any' makes the others pointless", "");
    }
    if (config.secret() != null) {
      secret(at, config, config.secret(), problems);
    } else {
      keys(at, config, problems);
    }
    Jwt.From from = config.from();
    CredentialPlace.check(at + ".from", from.header(), from.query(), from.cookie(), problems);
    if (config.keys().refresh().compareTo(config.keys().maxAge()) > 0) {
      problems.error(at + ".keys.maxAge", "keys become too old before they are fetched again", "");
    }
    if (!config.requireExpiry()) {
      problems.warning(
          at + ".requireExpiry", "a token without 'exp' is good for ever, stolen ones too", "");
    }
    possession(at, config, problems);
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
  }

  private static void possession(String at, Jwt config, Problems problems) {
    SecretText secret = config.dpop().nonceSecret();
    if (secret != null && !config.dpop().nonce()) {
      problems.error(at + ".dpop.nonceSecret", "there are no nonces", "write 'nonce: true' too");
    }
    if (secret != null && VerificationKey.secret(secret.reveal()).algorithms().isEmpty()) {
      problems.error(
          at + ".dpop.nonceSecret", "the secret is too short", "it must have 32 bytes or more");
    }
  }

  private static void secret(String at, Jwt config, SecretText secret, Problems problems) {
    if (config.jwks() != null) {
      problems.error(
          at + ".secret", "tokens are signed with a secret or with keys", "leave one out");
    }
    List<JwsAlgorithm> algorithms =
        config.algorithms().isEmpty() ? List.of(JwsAlgorithm.HS256) : config.algorithms();
    for (JwsAlgorithm algorithm : algorithms) {
      if (algorithm.family() != Family.SECRET) {
        problems.error(
            at + ".algorithms",
            algorithm.text() + " takes a key, not a secret",
            "name a policy each");
      } else if (!VerificationKey.secret(secret.reveal()).algorithms().contains(algorithm)) {
        problems.error(
            at + ".secret",
            "the secret is too short for " + algorithm.text(),
            "it must have " + VerificationKey.shortestSecret(algorithm) + " bytes or more");
      }
    }
  }

  private static void keys(String at, Jwt config, Problems problems) {
    for (JwsAlgorithm algorithm : config.algorithms()) {
      if (algorithm.family() == Family.SECRET) {
        problems.error(
            at + ".algorithms",
            algorithm.text() + " needs a 'secret'",
            "published keys are no secret: who reads them could sign with them");
      }
    }
    String jwks = config.jwks();
    if (jwks == null) {
      url(at + ".issuer", config.issuer(), "to find its keys, ", problems);
    } else if (jwks.contains("://")) {
      url(at + ".jwks", jwks, "", problems);
    } else if (jwks.isBlank() || jwks.indexOf('\0') >= 0) {
      problems.error(at + ".jwks", "expected a URL or the name of a file", "");
    }
    if (!config.keys().tls().verify()) {
      problems.warning(
          at + ".keys.tls.verify",
          "certificates are not verified: anybody on the way can put in keys of their own",
          "name the authority with 'ca' instead");
    }
  }

  private static void url(String at, String text, String why, Problems problems) {
    URI url = parsed(text);
    if (url == null || url.getUserInfo() != null || url.getQuery() != null && !why.isEmpty()) {
      problems.error(
          at,
          why + "expected an http or https URL, found " + Shown.quoted(text),
          why.isEmpty() ? "" : "or say with 'jwks' where they are");
      return;
    }
    String host = Objects.requireNonNullElse(url.getHost(), "");
    boolean here = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    if ("http".equalsIgnoreCase(url.getScheme()) && !here) {
      problems.warning(
          at, "over http anybody on the way can put in keys of their own", "use https");
    }
  }

  private static @Nullable URI parsed(String text) {
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme();
      boolean http = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      return http && url.getHost() != null && url.getFragment() == null ? url : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(Jwt config, Preparation preparation) {
    Function<Loop, LoopKeys> keys = keys(config, preparation);
    if (keys == null) {
      return null;
    }
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    Owners owners = new Owners(preparation.name(), config.issuer(), preparation.consumers());
    JwtPolicy.Prepared prepared =
        new JwtPolicy.Prepared(
            config, new TokenRules(config), proofs(config, preparation), owners, headers);
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new JwtPolicy(prepared, keys.apply(loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }

  private static ProofRules proofs(Jwt config, Preparation preparation) {
    String name = preparation.name();
    SecretText secret = config.dpop().nonceSecret();
    Nonces nonces = null;
    if (config.dpop().nonce()) {
      nonces =
          secret != null
              ? new Nonces(secret)
              : preparation.shared(Nonces.class, name, () -> new Nonces(null));
    }
    return new ProofRules(config, nonces, preparation.shared(SeenOnce.class, name, SeenOnce::new));
  }

  private static @Nullable Function<Loop, LoopKeys> keys(Jwt config, Preparation preparation) {
    if (config.secret() != null) {
      KeySet secret =
          new KeySet(List.of(VerificationKey.secret(config.secret().reveal())), List.of());
      return loop -> LoopKeys.fixed(loop, secret);
    }
    KeySet first = null;
    KeySource source;
    String jwks = config.jwks();
    if (jwks != null && !jwks.contains("://")) {
      first = file(jwks, preparation);
      if (first == null) {
        return null;
      }
      source = new KeySource.File(preparation.resolve(jwks));
    } else {
      Upstream.ClientTls tls = absolute(config.keys().tls(), preparation);
      source =
          jwks == null
              ? KeySource.Discovery.of(config.issuer(), tls)
              : new KeySource.Url(URI.create(jwks), tls);
    }
    FetchedKeys shared =
        preparation.shared(FetchedKeys.class, source, () -> new FetchedKeys(source));
    KeySet seed = first;
    return loop -> {
      if (seed != null) {
        shared.seed(seed, loop.nanos());
      }
      return LoopKeys.of(loop, shared, config.keys().refresh(), config.keys().maxAge());
    };
  }

  private static @Nullable KeySet file(String path, Preparation preparation) {
    try {
      KeySet keys = JwkReader.read(preparation.file(path, LARGEST_FILE));
      keys.refused().forEach(why -> preparation.warning("jwks", "a key is refused, " + why, ""));
      if (!keys.isEmpty()) {
        return keys;
      }
      preparation.error("jwks", "there is no key in the file that can be used", "");
    } catch (IOException e) {
      preparation.error("jwks", "the file cannot be read: " + e.getMessage(), "");
    } catch (Malformed e) {
      preparation.error("jwks", "the file is no JSON Web Key Set: " + e.getMessage(), "");
    }
    return null;
  }

  private static Upstream.ClientTls absolute(Upstream.ClientTls tls, Preparation preparation) {
    ServerTls.KeyPair pair = tls.certificate();
    return new Upstream.ClientTls(
        tls.verify(),
        tls.ca() == null ? null : preparation.resolve(tls.ca()).toString(),
        tls.serverName(),
        pair == null
            ? null
            : new ServerTls.KeyPair(
                preparation.resolve(pair.chain()).toString(),
                preparation.resolve(pair.key()).toString()));
  }
}
