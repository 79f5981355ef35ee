package dev.headgate.config;

import java.util.Map;

@Doc("A whole configuration.")
public record Config(
    @Doc("How the process runs.") RuntimeConfig runtime,
    @Doc("Where clients connect, by name.") @Named Map<String, Listener> listeners,
    @Doc("Where requests go, by name.") @Named Map<String, Upstream> upstreams,
    @Doc("What several nodes share, by name.") @Named Map<String, Store> stores,
    @Doc("Policies that routes use by name.") @Named Map<String, NamedPolicy> policies,
    @Doc("Which requests are taken and what happens to them, by name.") @Named
        Map<String, Route> routes,
    @Doc("Known callers, by name.") @Named Map<String, Consumer> consumers,
    @Doc("What consumers may use and what they pay, by name.") @Named Map<String, Plan> plans,
    @Doc("Routes that consumers subscribe to as a whole, by name.") @Named
        Map<String, Product> products,
    @Doc("Where use is recorded. Kept only if there are `products`.") Ledger ledger,
    @Doc("How guessing credentials is slowed down.") AuthFailures authFailures,
    @Doc("When requests are turned away because more come than the node can take.")
        Overload overload,
    @Doc("What is measured and recorded.") Telemetry telemetry,
    @Doc("The operators' endpoints.") Admin admin) {}
