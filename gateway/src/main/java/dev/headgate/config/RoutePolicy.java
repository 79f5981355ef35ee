package dev.headgate.config;

import dev.headgate.config.KindOf.Family;
import org.jspecify.annotations.Nullable;

@Doc("A policy on a route: one of those under `policies`, by its name, or one written here.")
@Shorthand("use")
public record RoutePolicy(
    @Doc("The name of a policy under `policies`.") @Nullable String use,
    @KindOf(Family.POLICY) @Nullable Typed policy,
    @Doc(
            "As on a named policy. For a named policy, the milder of both modes counts: `off`, `report`, `enforce`.")
        @Default("enforce")
        Mode mode,
    @Doc(
            value =
                "A CEL expression: the policy is asked only if it is true, beside the named policy's own.",
            example = "\"request.method == 'POST'\"")
        @Nullable String when) {}
