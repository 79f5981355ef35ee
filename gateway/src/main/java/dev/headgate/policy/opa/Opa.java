package dev.headgate.policy.opa;

import dev.headgate.callout.Breaking;
import dev.headgate.callout.DecisionCache;
import dev.headgate.callout.OnFailure;
import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.SecretText;
import dev.headgate.config.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc(
    "Has an Open Policy Agent decide about each request, by a POST to its data API. The result is `true` or `false`, or an"
        + " object with `allow` and, if there is more to say, `reason`, `headers`, `response_headers_to_add`,"
        + " `request_headers_to_remove`, `http_status` and `body`.")
public record Opa(
    @Doc(
            value = "The decision's place in the data API.",
            example = "\"http://127.0.0.1:8181/v1/data/orders/authz\"")
        URI url,
    @Doc(value = "The token that OPA wants to see.", example = "\"${env:OPA_TOKEN}\"")
        @Nullable SecretText token,
    @Doc(
            value = "The request's header fields that OPA gets. Without this, all.",
            example = "[X-Tenant, Accept-Language]")
        @OneOrMany
        List<String> send,
    @Doc(
            value =
                "Fields for the upstream that a result may set. No caller can send these fields, but for Authorization"
                    + " and Cookie.",
            example = "[X-User]")
        @OneOrMany
        List<String> toUpstream,
    @Doc("What happens to a request while OPA does not decide.") @Default("deny")
        OnFailure onFailure,
    @Doc("The status of the answer if it is `deny`.")
        @Default("503")
        @Range(min = "400", max = "599")
        int failureStatus,
    @Doc("Which decisions are remembered. Without it OPA is asked about every request.")
        @Nullable DecisionCache cache,
    @Doc("How long to wait for a decision.") @Default("1s") @Range(min = "10ms", max = "20s")
        Duration timeout,
    @Doc("When to stop asking.") Breaking breaker,
    @Doc("TLS towards OPA.") Upstream.ClientTls tls) {}
