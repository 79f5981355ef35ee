package dev.headgate.policy.contentdigest;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;

@Doc(
    "Checks a request's body against its field Content-Digest (RFC 9530, `sha-256` and `sha-512`) while it passes. The"
        + " upstream gets the end of a body only if it is the right one; else the request is broken off and the"
        + " caller gets 400.")
public record ContentDigest(
    @Doc("Whether a request with a body must have a digest.") @Default("false") boolean required) {}
