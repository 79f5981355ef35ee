package dev.headgate.callout;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import java.time.Duration;

@Doc("When to stop asking somebody who does not answer, on each event loop.")
public record Breaking(
    @Doc("How many questions in a row must fail until no more are asked.")
        @Default("5")
        @Range(min = "1", max = "1000")
        int failures,
    @Doc("How long none is asked. Then one is, and if it is answered all others are again.")
        @Default("5s")
        @Range(min = "100ms", max = "10m")
        Duration open) {}
