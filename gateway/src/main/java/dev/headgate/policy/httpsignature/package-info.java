/**
 * The policy {@code httpSignature} and the credential of that name: callers that sign their
 * requests (HTTP Message Signatures, RFC 9421). What is signed is put together again from the
 * request as it came; bodies are covered by their digests, which are checked while they pass.
 */
@NullMarked
package dev.headgate.policy.httpsignature;

import org.jspecify.annotations.NullMarked;
