package dev.headgate.exchange;

import java.util.List;

/**
 * A policy, prepared: what all loops share of it. Immutable, or built of types that say how they
 * are shared.
 */
public interface PolicyFactory {
  /** Makes the instance of one loop, on that loop. */
  Policy create(Loop loop);

  /**
   * Header fields by which this policy tells upstreams who is calling. A caller must not be able to
   * send them, so they are removed from the requests of every route.
   */
  default List<String> identityHeaders() {
    return List.of();
  }

  /**
   * Query parameters in which this policy looks for a credential. Their values are never written to
   * the access log, whatever becomes of a request.
   */
  default List<String> credentialParameters() {
    return List.of();
  }

  /**
   * Credentials that operators may want to see one by one. Policies that know the same ones may
   * give the same list.
   */
  default List<CredentialList> credentials() {
    return List.of();
  }

  /**
   * Whether its policies answer CORS preflights, so that a preflight finds the route of the request
   * that it asks about although its own method is another.
   */
  default boolean answersPreflights() {
    return false;
  }
}
