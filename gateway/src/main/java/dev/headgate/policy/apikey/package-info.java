/**
 * The policy {@code apiKey} and the credential of that name: callers that show a secret which was
 * made for them. Keys are kept as hashes, found by their hash and compared in constant time.
 */
@NullMarked
package dev.headgate.policy.apikey;

import org.jspecify.annotations.NullMarked;
