package dev.headgate.policy.httpsignature;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Vouches for callers that sign their requests with a key of a consumer (HTTP Message Signatures, RFC 9421). A"
        + " request that was signed is taken once.")
public record HttpSignature(
    @Doc(
            value =
                "What a signature must cover: `@method`, `@authority`, `@path`, `@query`, `@scheme`, `@target-uri` (which"
                    + " stands for the last four), `@request-target` (for path and query), and header fields, which the"
                    + " request must have then. Without this, `@method`, `@authority`, `@path` and `@query`.",
            example = "[\"@method\", \"@target-uri\", content-type]")
        @OneOrMany
        List<String> covers,
    @Doc(
            "Whether a body must be covered, by the field Content-Digest (RFC 9530). The body is checked against a digest"
                + " that is covered in any case, and the upstream gets its end only if it is the right one.")
        @Default("true")
        boolean coverBody,
    @Doc("How old a signature may be, by its `created`; `leeway` is allowed for besides.")
        @Default("60s")
        @Range(min = "1s", max = "1h")
        Duration maxAge,
    @Doc("How far the callers' clocks and ours may be apart.")
        @Default("30s")
        @Range(min = "0s", max = "10m")
        Duration leeway,
    @Doc(
            value =
                "The `tag` that a signature must have. Signatures with another are somebody else's.",
            example = "orders")
        @Nullable String tag,
    @Doc(
            "How many signatures are remembered, so that none is taken twice, by all event loops of a node together. When so"
                + " many came within `maxAge`, further ones get 503. Up to 64 bytes each, once they come.")
        @Default("100000")
        @Range(min = "1", max = "10000000")
        int remember,
    @Doc("Whether the upstream gets the signature too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject` (the `keyid`), `policy`,"
                    + " `groups` or `scopes`. No caller can send these fields.",
            example = "{ X-Consumer: consumer }")
        Map<String, String> identityHeaders) {}
