package dev.headgate.policy.cors;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import java.time.Duration;
import java.util.List;

@Doc(
    "Lets web pages of other origins call the route. The gateway answers preflights itself, for the methods of the"
        + " route's match too, and its fields replace those of the upstream. Other callers are not kept out by it.")
public record Cors(
    @Doc(
            value =
                "Origins whose pages may read answers: exact, `https://*.example.com` for every subdomain, or `*`.",
            example = "[\"https://app.example.com\", \"https://*.example.com\"]")
        @OneOrMany
        List<String> origins,
    @Doc("Methods that pages may use.") @Default("[GET, HEAD, POST]") @OneOrMany
        List<String> methods,
    @Doc(
            value =
                "Header fields that pages may send besides the harmless ones; `*` for whatever they ask for.",
            example = "[Authorization, Content-Type]")
        @OneOrMany
        List<String> headers,
    @Doc(
            value = "Fields of the answer that pages may read besides the harmless ones.",
            example = "[X-Request-Id]")
        @OneOrMany
        List<String> exposeHeaders,
    @Doc(
            "Whether pages may send cookies and other credentials that the browser keeps. Never together with `*`.")
        @Default("false")
        boolean credentials,
    @Doc("How long browsers may remember the answer to a preflight.")
        @Default("10m")
        @Range(min = "0s", max = "1d")
        Duration maxAge,
    @Doc("Whether pages from public addresses may call although the gateway's is a private one.")
        @Default("false")
        boolean privateNetwork) {}
