package dev.headgate.policy.authorize;

import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Shorthand;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Lets a request through only if every rule that is written agrees; otherwise 403, or 401 if nobody has said who"
        + " is calling.")
@Shorthand("when")
public record Authorize(
    @Doc(
            value =
                "A CEL expression that must be true. It may look at `request` (`method`, `scheme`, `host`, `path`,"
                    + " `query`, `headers`, `size`, `protocol`), `client` (`address`, `certificate`), `identity`"
                    + " (`policy`, `subject`, `consumer`, `groups`, `labels`, `scopes`, `claims`), `route.name` and"
                    + " `time.now`; `inNetwork(address, network)` compares addresses. What cannot be evaluated refuses.",
            example = "\"'read' in identity.scopes || 'partners' in identity.groups\"")
        @Nullable String when,
    @Doc(value = "Scopes of which the caller must have every one.", example = "[orders:read]")
        @OneOrMany
        List<String> scopes,
    @Doc(value = "Groups of which the caller's consumer must be in one.", example = "[partners]")
        @OneOrMany
        List<String> groups,
    @Doc(value = "Consumers of which the caller must be one.", example = "[acme]") @OneOrMany
        List<String> consumers,
    @Doc(
            value =
                "Claims that the caller's credential must make: the value, or a list that contains it.",
            example = "{ tier: gold }")
        Map<String, String> claims,
    @Doc(value = "Methods that are allowed.", example = "[GET, HEAD]") @OneOrMany
        List<String> methods) {}
