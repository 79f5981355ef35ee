/**
 * The policy {@code apiKey} and the credential of that name: callers that show a secret which was
 * made for them. Long keys are kept as SHA-256, found by it and compared in constant time; short
 * ones are found by their prefix and proven by a slow hash, see {@code secret}. Keys stand under
 * {@code consumers} and in keys files; when each was last used is noted.
 */
@NullMarked
package dev.headgate.policy.apikey;

import org.jspecify.annotations.NullMarked;
