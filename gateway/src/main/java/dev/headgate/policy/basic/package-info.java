/**
 * The policy {@code basic} and the credential of that name: callers that show a user's name and
 * password (RFC 7617). Passwords are kept as slow hashes, which {@code secret} reads and checks.
 */
@NullMarked
package dev.headgate.policy.basic;

import org.jspecify.annotations.NullMarked;
