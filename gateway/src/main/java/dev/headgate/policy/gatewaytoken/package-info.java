/**
 * The policy {@code gatewayToken}: tells the upstream, in a way that it can verify, that a request
 * came through the gateway and who is calling. Its keys are published by {@code publishKeys}.
 */
@NullMarked
package dev.headgate.policy.gatewaytoken;

import org.jspecify.annotations.NullMarked;
