/**
 * The policy {@code extAuthz}: has a service decide about requests, over HTTP as Envoy's ext_authz,
 * nginx's auth_request and Traefik's ForwardAuth do, or over gRPC as Envoy's does. What it is asked
 * and what its answer means; when it is asked is {@code callout}'s business.
 */
@NullMarked
package dev.headgate.policy.extauthz;

import org.jspecify.annotations.NullMarked;
