package dev.headgate.config;

import dev.headgate.config.KindOf.Family;
import org.jspecify.annotations.Nullable;

@Doc("A policy that routes use by its name. Its key says of which kind it is.")
public record NamedPolicy(
    @KindOf(Family.POLICY) Typed policy,
    @Doc(
            "`enforce`: a refusal refuses the request. `report`: it is only counted and logged, and the request goes"
                + " on. `off`: the policy is not asked.")
        @Default("enforce")
        Mode mode,
    @Doc(
            value =
                "A CEL expression: the policy is asked only if it is true. If it cannot be evaluated, the policy is"
                    + " asked.",
            example = "\"request.method == 'POST'\"")
        @Nullable String when) {}
