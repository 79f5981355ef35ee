package dev.headgate.exchange;

import org.jspecify.annotations.Nullable;

/**
 * A policy that finds out who is calling. A route names several of which any may vouch, so what
 * {@link #onRequest} says means this:
 *
 * <ul>
 *   <li>it continues with {@link Exchange#identity} set: it vouches for the caller;
 *   <li>it continues without: the request shows no credential of its kind, the next one is asked;
 *   <li>it fails: there is a credential that does not hold, or that cannot be checked now. The next
 *       one is asked; if none vouches, the first failure counts, but 429 and 5xx count before
 *       others.
 * </ul>
 */
public interface AuthenticationPolicy extends Policy {
  /**
   * The stable word for a request without a credential of its kind, such as {@code jwt.missing}.
   */
  String missing();

  /**
   * The challenge for {@code WWW-Authenticate} (RFC 9110 section 11.6.1).
   *
   * @param failure why the request is refused, if this policy said so; null if it showed no
   *     credential or another one's failure counted
   */
  String challenge(@Nullable Failure failure);

  /**
   * What a caller is answered for whom nobody vouched, instead of a refusal: how it can become
   * somebody, such as a redirect to where it logs in.
   *
   * @return null for the refusal; {@link Decision.Respond} or {@link Decision.Fail}
   */
  default @Nullable Decision invitation(Exchange exchange) {
    return null;
  }

  /**
   * Makes the request fit for the upstream: takes away the credential, unless the configuration
   * keeps it, and adds what the upstream shall know of the caller if this policy vouched. Called
   * for every such policy of the route, asked or not.
   */
  @Override
  void forward(Exchange exchange);
}
