package dev.headgate.policy.limit;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Limiting;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Percent;
import dev.headgate.config.Range;
import dev.headgate.config.Rate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc(
    "Limits how often something may be asked for: so many at once (`burst`), and then as many as `rate` says. Whoever asks"
        + " for more gets 429 `limit.exceeded` with `Retry-After`.")
public record Limit(
    @Doc(
            value =
                "How many in a time. With several, each must have room, and a request counts in all of them or in none.",
            example = "[10/s, 10000/day]")
        @OneOrMany
        List<Rate> rate,
    @Doc(
            value = "How many may come at once. Without it, as many as the rate's number.",
            example = "20")
        @Range(min = "1", max = "1000000000")
        @Nullable Integer burst,
    @Doc(
            "How is counted. `token_bucket`: `burst` at once, and then as many as `rate` says. `fixed_window`: so many in each"
                + " minute (hour, and so on), which begins when the clock says so. `sliding_window`: as that, with a share of"
                + " what came in the one before; up to 1,000,000 in at most 31 days. Windows have no `burst` and no `maxDelay`,"
                + " and are not lent.")
        @Default("token_bucket")
        Limiting.Algorithm algorithm,
    @Doc(
            value =
                "What has a limit of its own: `client` (an address; an IPv6 network of 64 bits), `consumer`, `credential`,"
                    + " `route`, `host`, `header:NAME`, `cookie:NAME`, `claim:NAME`, `label:NAME`, `path:NAME`, or a list of these, for each"
                    + " combination. Where a request has no such thing, its client's address stands in.",
            example = "[consumer, route]")
        @OneOrMany
        @Default("[client]")
        List<String> per,
    @Doc(
            value =
                "What a request counts for: a whole number, or a CEL expression that gives one. What cannot be evaluated"
                    + " counts for 1.",
            example = "\"request.method == 'POST' ? 5 : 1\"")
        @Default("1")
        String cost,
    @Doc(
            value =
                "A header field of the upstream's answer that says what the request counts for besides, as a whole number."
                    + " The next request finds less room then.",
            example = "X-Cost")
        @Nullable String costHeader,
    @Doc(
            value =
                "How long a request that comes too early may wait for its turn, instead of being refused.",
            example = "500ms")
        @Range(min = "1ms", max = "20s")
        @Nullable Duration maxDelay,
    @Doc(
            "Whether answers tell the caller about the limit, in the fields `RateLimit` and `RateLimit-Policy`.")
        @Default("true")
        boolean headers,
    @Doc(
            value =
                "The store in which several nodes count together, by its name under `stores`. Without one, each node"
                    + " counts alone.",
            example = "shared")
        @Nullable String store,
    @Doc(
            "How nodes count together. `exact`: the store is asked about each request. `leased`: it lends tokens to each"
                + " node in advance, so that most requests wait for nothing.")
        @Default("exact")
        Limiting.Sync sync,
    @Doc(
            "With `leased`, how much of `burst` a node borrows at most for each client, consumer and so on; at least one"
                + " token.")
        @Default("10%")
        Percent lease,
    @Doc(
            "What holds while the store does not answer. `local`: each node counts alone. `allow`: nobody is refused."
                + " `deny`: all are, with 503 `limit.store_unavailable`.")
        @Default("local")
        Limiting.OnStoreFailure onStoreFailure,
    @Doc(
            "For how many clients, consumers and so on there is room, at 20 bytes each. With more of them at a time, those"
                + " who have used little share what is left; nobody gets more than the limit.")
        @Default("100000")
        @Range(min = "1000", max = "100000000")
        int keys) {}
