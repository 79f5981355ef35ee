package dev.headgate.policy.concurrency;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.Shorthand;
import java.util.List;

@Doc(
    "Limits how many requests may be under way at once, from when they come until their answer has been sent or the caller"
        + " is gone. Whoever has more gets 429 `concurrency.exceeded`.")
@Shorthand("max")
public record Concurrency(
    @Doc(value = "How many may be under way.", example = "20") @Range(min = "1", max = "1000000")
        int max,
    @Doc(value = "What has a limit of its own, as in `limit`.", example = "consumer")
        @OneOrMany
        @Default("[client]")
        List<String> per,
    @Doc(
            "For how many clients, consumers and so on there is room, at 20 bytes each. With more of them at a time, those"
                + " who have least under way share what is left.")
        @Default("100000")
        @Range(min = "1000", max = "100000000")
        int keys) {}
