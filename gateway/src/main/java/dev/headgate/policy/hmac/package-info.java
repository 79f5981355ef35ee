/**
 * The policy {@code hmac} and the credential of that name: callers that sign their requests with a
 * secret that both sides know, in a form of their own, as webhooks and partners do. The form is
 * described in the configuration. A body that is signed is looked at while it passes.
 */
@NullMarked
package dev.headgate.policy.hmac;

import org.jspecify.annotations.NullMarked;
