package dev.headgate.config.check;

import dev.headgate.config.Config;
import dev.headgate.config.HostPort;
import dev.headgate.config.KindOf.Family;
import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.RoutePolicy;
import dev.headgate.config.shape.Kinds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All rules, in the order of the configuration's keys.
 *
 * <p>Parts that could not be read are not in the {@code Config}; {@link Places#has} tells them from
 * parts that were never written, so that one mistake does not make two problems.
 */
public final class ConfigChecks {
  private final Config config;
  private final Kinds kinds;
  private final Places places;
  private final Problems problems;

  private ConfigChecks(Config config, Kinds kinds, Places places, Problems problems) {
    this.config = config;
    this.kinds = kinds;
    this.places = places;
    this.problems = problems;
  }

  /** Reports every breach of a rule. */
  public static void check(Config config, Kinds kinds, Places places, Problems problems) {
    new ConfigChecks(config, kinds, places, problems).run();
  }

  private void run() {
    resolver();
    listeners();
    upstreams();
    stores();
    policies();
    routes();
    consumers();
    new PlanChecks(config, kinds, places, problems).check();
    telemetry();
    admin();
  }

  private void resolver() {
    List<HostPort> servers = config.runtime().resolver();
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.get(i).isLiteral() || servers.get(i).port() == 0) {
        problems.error(
            "runtime.resolver[" + i + "]",
            "a name server is an IP address and a port",
            "as in '10.0.0.2:53'");
      }
    }
  }

  private void listeners() {
    if (config.listeners().isEmpty() && !places.has("listeners")) {
      problems.error(
          "",
          "no listener: nobody could connect",
          "add one, as in 'listeners: { main: { address: \"0.0.0.0:8080\" } }'");
    }
    ListenerChecks checks = new ListenerChecks(problems);
    config.listeners().forEach((name, listener) -> checks.check("listeners." + name, listener));
    addresses();
  }

  /** Two sockets cannot share a port unless their addresses differ and neither means all. */
  private void addresses() {
    Map<HostPort, String> taken = new HashMap<>();
    config
        .listeners()
        .forEach((name, listener) -> address("listeners." + name, listener.address(), taken));
    if (config.admin().address() instanceof HostPort address) {
      address("admin", address, taken);
    }
  }

  private void address(String path, HostPort address, Map<HostPort, String> taken) {
    if (address.port() == 0) {
      return;
    }
    for (Map.Entry<HostPort, String> other : taken.entrySet()) {
      if (overlap(address, other.getKey())) {
        problems.error(
            path + ".address",
            address + " is taken by " + other.getValue(),
            "give each its own port");
        return;
      }
    }
    taken.put(address, path);
  }

  private static boolean overlap(HostPort a, HostPort b) {
    return a.port() == b.port()
        && (a.host().equals(b.host()) || isWildcard(a.host()) || isWildcard(b.host()));
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private void upstreams() {
    UpstreamChecks checks = new UpstreamChecks(problems);
    config.upstreams().forEach((name, upstream) -> checks.check("upstreams." + name, upstream));
  }

  private void stores() {
    StoreChecks checks = new StoreChecks(problems);
    config.stores().forEach((name, store) -> checks.check("stores." + name, store));
  }

  private void routes() {
    if (config.routes().isEmpty() && !places.has("routes")) {
      problems.warning("", "no route: every request is answered with 404");
    }
    RouteChecks checks = new RouteChecks(config, kinds, places, problems);
    config.routes().forEach((name, route) -> checks.check("routes." + name, route));
    if (!problems.hasErrors()) {
      unused();
    }
  }

  private void policies() {
    config
        .policies()
        .forEach((name, policy) -> {
          String at = "policies." + name;
          if (name.equals(Route.PUBLIC)) {
            problems.error(at, "'public' is the word for no authentication", "choose another name");
          }
          kinds.check(Family.POLICY, at, policy.policy(), config, problems);
        });
  }

  private void consumers() {
    config
        .consumers()
        .forEach((name, consumer) -> {
          for (int i = 0; i < consumer.credentials().size(); i++) {
            kinds.check(
                Family.CREDENTIAL,
                "consumers." + name + ".credentials[" + i + "]",
                consumer.credentials().get(i).credential(),
                config,
                problems);
          }
        });
  }

  /** Only when all routes could be read: one that could not might be the one that uses it. */
  private void unused() {
    Set<String> used = new HashSet<>();
    Set<String> asked = new HashSet<>();
    for (Route route : config.routes().values()) {
      route.to().forEach(target -> used.add(target.upstream()));
      if (route.fallback() != null && route.fallback().to() != null) {
        used.add(route.fallback().to());
      }
      if (route.mirror() != null) {
        used.add(route.mirror().to());
      }
      asked.addAll(route.auth());
      for (RoutePolicy policy : route.policies()) {
        if (policy.use() != null) {
          asked.add(policy.use());
        }
      }
    }
    for (String name : config.policies().keySet()) {
      if (!asked.contains(name)) {
        problems.warning("policies." + name, "no route uses this policy");
      }
    }
    credentials(asked);
    for (String name : config.upstreams().keySet()) {
      if (!used.contains(name)) {
        problems.warning("upstreams." + name, "no route goes to this upstream");
      }
    }
  }

  /** A credential that no policy on a route takes proves nothing. One warning for each kind. */
  private void credentials(Set<String> asked) {
    Set<String> taken = new HashSet<>();
    config
        .policies()
        .forEach((name, policy) -> {
          if (asked.contains(name)) {
            taken.add(policy.policy().kind());
          }
        });
    config
        .consumers()
        .forEach((name, consumer) -> {
          for (int i = 0; i < consumer.credentials().size(); i++) {
            String kind = consumer.credentials().get(i).credential().kind();
            if (taken.add(kind)) {
              problems.warning(
                  "consumers." + name + ".credentials[" + i + "]",
                  "no route's 'auth' takes credentials of this kind",
                  "name a policy '" + kind + "' there");
            }
          }
        });
  }

  private void telemetry() {
    String to = config.telemetry().accessLog().to();
    boolean file = to.startsWith("file:") && to.length() > "file:".length() && to.indexOf('\0') < 0;
    if (!file && !to.equals("stdout") && !to.equals("off")) {
      problems.error(
          "telemetry.accessLog.to",
          "expected stdout, off or file: and a path",
          to.indexOf('/') >= 0 ? "did you mean 'file:" + to + "'?" : "");
    }
  }

  private void admin() {
    HostPort address = config.admin().address();
    if (address != null && !isLoopback(address.host())) {
      problems.warning(
          "admin.address",
          "the operators' endpoints are open to other machines",
          "they ask nobody who they are; keep them on 127.0.0.1, or on a network of your own");
    }
  }

  private static boolean isLoopback(String host) {
    return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
  }
}
