/**
 * The policy {@code cors}: which web pages of other origins may read a route's answers (the Fetch
 * standard's CORS protocol). It answers preflights by itself and replaces what the upstream says.
 * What guards against forged requests is {@code csrf}, not this.
 */
@NullMarked
package dev.headgate.policy.cors;

import org.jspecify.annotations.NullMarked;
