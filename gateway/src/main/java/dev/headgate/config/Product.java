package dev.headgate.config;

import java.util.List;

@Doc("Routes that consumers subscribe to as a whole.")
public record Product(
    @Doc(
            value =
                "The routes. Only consumers that have the product get through, others get 403 `product.not_subscribed`."
                    + " A route is in one product at most.",
            example = "[orders, orders-admin]")
        @OneOrMany
        List<String> routes,
    @Doc(
            "`enforce`: who has not subscribed is refused. `report`: that is only counted and logged. `off`: the routes are"
                + " open to all callers that they authenticate, and only subscribers are metered.")
        @Default("enforce")
        Mode mode) {}
