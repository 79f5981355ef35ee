package dev.headgate.config;

import java.time.Duration;

@Doc(
    "When the node turns requests away because more come than it can take: 503 `overload.shed`, those with `priority:"
        + " sheddable` first, those that are `critical` last. The admin endpoints are never concerned.")
public record Overload(
    @Doc(
            "By how much an event loop may be late with what is due, all the time and not only for a moment. From five times"
                + " this on `critical` requests are turned away too. 0s: this turns nobody away.")
        @Default("200ms")
        @Range(min = "0s", max = "10s")
        Duration loopLag,
    @Doc(
            "How much of the heap may be in use after a garbage collection, and how much of the memory for buffers. From half"
                + " way between this and all of it on `critical` requests are turned away too. 0%: this turns nobody away.")
        @Default("90%")
        Percent memory) {}
