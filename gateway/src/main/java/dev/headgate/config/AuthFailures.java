package dev.headgate.config;

@Doc(
    "How guessing credentials is slowed down. Only requests count that show a credential which does not hold (401). From"
        + " an address, or for a name, with more of them than this, credentials are not checked any more if that takes"
        + " work or could be a guess; those that were proven lately go on being taken. The answer is 429 `auth.slowed`.")
public record AuthFailures(
    @Doc("`enforce`, `report` or `off`, as on a policy.") @Default("enforce") Mode mode,
    @Doc(
            value =
                "How many wrong credentials may come from one address, or from one IPv6 network of 64 bits.",
            example = "100/min")
        @Default("100/min")
        Rate perAddress,
    @Doc(
            value =
                "How many may come for one name, such as a user's, from wherever. Kinds whose credentials say no name"
                    + " do without.",
            example = "20/min")
        @Default("20/min")
        Rate perName) {}
