package dev.headgate.policy.csrf;

import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import java.util.List;

@Doc(
    "Refuses requests that change something, and WebSockets, if a page of another origin makes a browser send them. Looks"
        + " at Sec-Fetch-Site, else Origin, else Referer; a request with cookies but none of these is refused too. GET, HEAD,"
        + " OPTIONS and TRACE pass: they must not change anything.")
public record Csrf(
    @Doc(
            value =
                "Other origins whose pages may send such requests: exact or `https://*.example.com`.",
            example = "[\"https://app.example.com\"]")
        @OneOrMany
        List<String> origins) {}
