package dev.headgate.policy.size;

import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import dev.headgate.config.Size;
import org.jspecify.annotations.Nullable;

@Doc(
    "Bounds how large requests and answers may be, while they pass. What is not written is not bounded here; a route's"
        + " `bodyLimit` and a listener's `limits` hold besides.")
public record SizeLimits(
    @Doc(
            value =
                "The most bytes that a request's body may have, as it is sent. A larger one gets 413 `body.too_large`, at"
                    + " once if it announces its length.",
            example = "1MiB")
        @Nullable Size request,
    @Doc(
            value =
                "The most bytes that the body of an upstream's answer may have, as it is sent. Instead of a larger one the"
                    + " caller gets 502 `response.too_large` if it announces its length; else it is broken off, so that"
                    + " nobody takes it for whole.",
            example = "10MiB")
        @Nullable Size response,
    @Doc(
            value =
                "The most bytes that the request's header fields may have together, without those of the gateway,"
                    + " `X-Request-Id` and `traceparent`. More get 431 `headers.too_large`.",
            example = "16KiB")
        @Nullable Size headers,
    @Doc(
            value =
                "How many header fields a request may have, counted in the same way. More get 431 `headers.too_many`.",
            example = "60")
        @Range(min = "1", max = "10000")
        @Nullable Integer headerCount,
    @Doc(
            value =
                "The most bytes that the query may have, as it is sent. A longer one gets 414 `query.too_long`.",
            example = "2KiB")
        @Nullable Size query,
    @Doc(
            value =
                "The most bytes that a compressed request may inflate to. More get 413 `body.inflated_too_large`. With this"
                    + " or `inflationRatio`, codings besides gzip and deflate get 415 `encoding.unsupported`.",
            example = "20MiB")
        @Nullable Size inflated,
    @Doc(
            value =
                "How many bytes each byte of a compressed request may inflate to. More get 413 `body.inflation_ratio`. Not"
                    + " looked at as long as the inflated body has at most 64 KiB.",
            example = "100")
        @Range(min = "1", max = "1100")
        @Nullable Integer inflationRatio) {}
