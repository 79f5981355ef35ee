/** The policy {@code publishKeys}: shows upstreams the public keys that the gateway signs with. */
@NullMarked
package dev.headgate.policy.publishkeys;

import org.jspecify.annotations.NullMarked;
