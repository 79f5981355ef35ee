package dev.headgate.snapshot;

import dev.headgate.config.Config;
import dev.headgate.config.read.FileStamp;
import dev.headgate.exchange.GuessLimit;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Stores;
import dev.headgate.http.HeaderName;
import dev.headgate.route.RouteEntry;
import dev.headgate.route.Router;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A revision compiled for serving. Immutable and shared by all loops.
 *
 * @param revision the revision's number
 * @param routes what the router was made of, by name; the next revision takes over what has not
 *     changed
 * @param upstreams all upstreams that its routes may go to
 * @param policies those under {@code policies}, by name
 * @param products the policies of products, by the product's name
 * @param factories all policies in use, for loops to know which of their instances they need no
 *     longer
 * @param identityHeaders fields by which policies tell upstreams who is calling: no caller can send
 *     them
 * @param credentialParameters query parameters that hold credentials: the log does not show them
 * @param guessLimit how those who guess credentials are slowed down
 */
public record Snapshot(
    long revision,
    Config config,
    Router<CompiledRoute> router,
    Map<String, RouteEntry<CompiledRoute>> routes,
    Set<Action.NamedUpstream> upstreams,
    Map<String, CompiledPolicy> policies,
    Map<String, ProductCompiler.Compiled> products,
    Set<PolicyFactory> factories,
    List<HeaderName> identityHeaders,
    List<String> credentialParameters,
    GuessLimit guessLimit) {

  /** The files that its policies were made of, as they were then. */
  public Map<Path, FileStamp> files() {
    Map<Path, FileStamp> files = new HashMap<>();
    forEachPolicy(policy -> files.putAll(policy.files()));
    return files;
  }

  /** The stores that its policies count in. */
  public Set<Stores.Place> stores() {
    Set<Stores.Place> stores = new HashSet<>();
    forEachPolicy(policy -> stores.addAll(policy.stores()));
    return stores;
  }

  private void forEachPolicy(Consumer<CompiledPolicy> act) {
    policies.values().forEach(act);
    for (RouteEntry<CompiledRoute> route : routes.values()) {
      PolicyChain chain = route.payload().policies();
      for (int i = 0; i < chain.size(); i++) {
        act.accept(chain.at(i));
      }
    }
  }
}
