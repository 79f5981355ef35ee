package dev.headgate.policy.oidc;

import dev.headgate.config.Config;
import dev.headgate.config.NamedPolicy;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.SecretText;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import dev.headgate.config.check.Urls;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.http.CanonicalPath;
import dev.headgate.http.RefusedPath;
import dev.headgate.jose.IssuerKeys;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenOwners;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kind {@code oidc}. */
public final class OidcKind implements PolicyKind<Oidc> {
  private static final String NAME = "oidc";
  private static final String RISK = "anybody on the way can log in as anybody";
  private static final String HOST_ONLY = "__Host-";
  private static final int SHORTEST_KEY = 32;
  private static final int LONGEST_COOKIE_NAME = 64;

  /** Parameters that say what a login is; the others are the user's. */
  private static final Set<String> OWN_PARAMETERS =
      Set.of(
          "response_type",
          "response_mode",
          "client_id",
          "redirect_uri",
          "scope",
          "state",
          "nonce",
          "code_challenge",
          "code_challenge_method");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<Oidc> config() {
    return Oidc.class;
  }

  @Override
  public boolean authenticates() {
    return true;
  }

  @Override
  public Stage stage(Oidc config) {
    return Stage.AUTHENTICATE;
  }

  @Override
  public void check(String at, Oidc config, Config whole, Problems problems) {
    issuer(at, config, problems);
    if (config.client().id().isBlank()) {
      problems.error(at + ".client.id", "the client's id is empty", "");
    }
    for (JwsAlgorithm algorithm : config.algorithms()) {
      if (algorithm.family() == JwsAlgorithm.Family.SECRET) {
        problems.error(
            at + ".algorithms",
            algorithm.text() + " is made with a secret, and the provider's keys are public",
            "name algorithms of public keys");
      }
    }
    for (String parameter : config.parameters().keySet()) {
      if (OWN_PARAMETERS.contains(parameter)) {
        problems.error(
            at + ".parameters." + parameter,
            "this parameter is set for each login",
            "leave it out");
      }
    }
    session(at + ".session", config.session(), problems);
    paths(at, config, problems);
    reach(at, config, whole, problems);
    IdentityHeaders.check(at + ".identityHeaders", config.identityHeaders(), problems);
  }

  private static void issuer(String at, Oidc config, Problems problems) {
    URI url = Urls.http(at + ".issuer", config.issuer(), "", "", RISK, problems);
    if (url != null && url.getQuery() != null) {
      problems.error(at + ".issuer", "an issuer has no query", "");
    }
    Urls.tls(at + ".keys.tls", config.keys().tls(), RISK, problems);
    if (config.keys().refresh().compareTo(config.keys().maxAge()) > 0) {
      problems.error(at + ".keys.maxAge", "keys become too old before they are fetched again", "");
    }
  }

  private static void session(String at, Oidc.Session session, Problems problems) {
    String name = session.cookie();
    boolean good =
        name.startsWith(HOST_ONLY)
            && name.length() > HOST_ONLY.length()
            && name.length() <= LONGEST_COOKIE_NAME
            && name.chars()
                .allMatch(c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_');
    if (!good) {
      problems.error(
          at + ".cookie",
          Shown.quoted(name) + " is no name for a session's cookie",
          "it begins with __Host-, then letters, digits, '-' and '_': else other hosts could set it");
    }
    key(at + ".key", session.key(), problems);
    for (int i = 0; i < session.previousKeys().size(); i++) {
      key(at + ".previousKeys[" + i + "]", session.previousKeys().get(i), problems);
    }
    Duration idle = session.idle();
    if (idle != null && idle.compareTo(session.maxAge()) > 0) {
      problems.error(
          at + ".idle", "longer than a session lasts", "make it shorter than 'maxAge', or 'off'");
    }
  }

  private static void key(String at, SecretText key, Problems problems) {
    if (key.reveal().getBytes(StandardCharsets.UTF_8).length < SHORTEST_KEY) {
      problems.error(
          at,
          "the key is shorter than " + SHORTEST_KEY + " bytes",
          "'openssl rand -hex 32' makes one");
    }
  }

  private static void paths(String at, Oidc config, Problems problems) {
    path(at + ".callback", config.callback(), problems);
    path(at + ".logout", config.logout(), problems);
    path(at + ".afterLogout", config.afterLogout(), problems);
    if (config.callback().equals(config.logout())) {
      problems.error(at + ".logout", "the same path as 'callback'", "give each its own");
    }
    String backChannel = config.backChannelLogout();
    if (backChannel != null) {
      path(at + ".backChannelLogout", backChannel, problems);
      if (backChannel.equals(config.callback()) || backChannel.equals(config.logout())) {
        problems.error(
            at + ".backChannelLogout",
            "the same path as 'callback' or 'logout'",
            "give each its own");
      }
    }
  }

  private static void path(String at, String path, Problems problems) {
    boolean canonical;
    try {
      canonical = path.startsWith("/") && CanonicalPath.of(path).equals(path);
    } catch (RefusedPath e) {
      canonical = false;
    }
    if (!canonical || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      problems.error(
          at, Shown.quoted(path) + " is no path", "a path such as '/_login', as it is in requests");
    }
  }

  /** A callback that no request reaches would be found out by the first who logs in. */
  private static void reach(String at, Oidc config, Config whole, Problems problems) {
    for (Map.Entry<String, NamedPolicy> named : whole.policies().entrySet()) {
      if (named.getValue().policy().config() == config) {
        List<Route> routes = new ArrayList<>();
        whole.routes().values().stream()
            .filter(route -> route.auth().contains(named.getKey()))
            .forEach(routes::add);
        reach(at + ".callback", config.callback(), "GET", routes, problems);
        reach(at + ".logout", config.logout(), "POST", routes, problems);
        if (config.backChannelLogout() != null) {
          reach(at + ".backChannelLogout", config.backChannelLogout(), "POST", routes, problems);
        }
      }
    }
  }

  private static void reach(
      String at, String path, String method, List<Route> routes, Problems problems) {
    boolean taken =
        routes.stream()
            .map(Route::match)
            .anyMatch(match ->
                covers(match.path(), path)
                    && (match.methods().isEmpty() || match.methods().contains(method)));
    if (!routes.isEmpty() && !taken) {
      String what = "no route with this policy takes " + method + " " + path;
      if (method.equals("GET")) {
        problems.error(at, what, "name a path that one of them takes, or add a route for it");
      } else {
        problems.warning(at, what, "name a path that one of them takes, or add a route for it");
      }
    }
  }

  private static boolean covers(String pattern, String path) {
    String[] wanted = pattern.split("/", -1);
    String[] given = path.split("/", -1);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("**")) {
        return true;
      }
      if (i >= given.length || !(wanted[i].startsWith("{") || wanted[i].equals(given[i]))) {
        return false;
      }
    }
    return wanted.length == given.length;
  }

  @Override
  public @Nullable PolicyFactory prepare(Oidc config, Preparation preparation) {
    Function<Loop, LoopKeys> keys =
        IssuerKeys.prepare(config.issuer(), null, config.keys(), "", preparation);
    if (keys == null) {
      return null;
    }
    String owner = config.issuer() + "\0" + config.client().id();
    IdentityHeaders headers = new IdentityHeaders(preparation.name(), config.identityHeaders());
    OidcPolicy.Prepared prepared =
        new OidcPolicy.Prepared(
            config,
            OidcPolicy.SealingKeys.of(secrets(config.session()), owner),
            new TokenOwners(preparation.name(), NAME, preparation.consumers()),
            headers,
            preparation.shared(Renewals.class, owner, Renewals::new),
            preparation.shared(EndedSessions.class, owner, EndedSessions::new),
            preparation.shared(SeenOnce.class, owner, SeenOnce::new));
    Upstream.ClientTls tls = preparation.resolve(config.keys().tls());
    String name = preparation.name();
    return new PolicyFactory() {
      @Override
      public Policy create(Loop loop) {
        return new OidcPolicy(
            prepared, new Provider(name, config, tls, keys.apply(loop), loop), loop);
      }

      @Override
      public List<String> identityHeaders() {
        return headers.names();
      }
    };
  }

  private static List<String> secrets(Oidc.Session session) {
    List<String> secrets = new ArrayList<>();
    secrets.add(session.key().reveal());
    session.previousKeys().forEach(key -> secrets.add(key.reveal()));
    return secrets;
  }
}
