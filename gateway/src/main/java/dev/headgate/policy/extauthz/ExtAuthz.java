package dev.headgate.policy.extauthz;

import dev.headgate.callout.Breaking;
import dev.headgate.callout.DecisionCache;
import dev.headgate.callout.OnFailure;
import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Has a service decide about each request, by a request of its own: with a status from 200 to 299 it lets the request"
        + " go on, with 5xx it has not decided, with any other it refuses, and the caller gets its answer.")
public record ExtAuthz(
    @Doc(value = "Where the service is asked.", example = "\"http://127.0.0.1:9000/check\"")
        URI url,
    @Doc(
            "`http`, or `grpc` for services that speak `envoy.service.auth.v3.Authorization`: of `url` only scheme, host"
                + " and port count then, and `path`, `method`, `toClient` and `refusal` have no meaning.")
        @Default("http")
        Protocol protocol,
    @Doc(
            "What is asked for: the URL as it stands (`fixed`), or with the request's path and query after it"
                + " (`append`).")
        @Default("fixed")
        Path path,
    @Doc("The method: `get`, or the `same` as the request's. The body is never sent.")
        @Default("get")
        Method method,
    @Doc(
            value =
                "The request's header fields that the service gets. Without this, all, but for those about the body,"
                    + " about conditions and about encodings.",
            example = "[Authorization, Cookie]")
        @OneOrMany
        List<String> send,
    @Doc(
            value =
                "Header fields that tell the service who is calling, as far as a policy under `auth` vouched:"
                    + " `consumer`, `subject`, `policy`, `groups`, `scopes` or `claims.NAME`.",
            example = "{ X-Subject: subject }")
        Map<String, String> identity,
    @Doc(
            value =
                "Fields of an answer that lets the request go on which the upstream gets. No caller can send these"
                    + " fields, but for Authorization and Cookie.",
            example = "[X-User]")
        @OneOrMany
        List<String> toUpstream,
    @Doc(
            value = "Fields of such an answer that are added to the answer for the client.",
            example = "[Set-Cookie]")
        @OneOrMany
        List<String> toClient,
    @Doc("Fields of an answer that refuses which the client gets, besides those about its body.")
        @Default("[WWW-Authenticate, Location, Set-Cookie, Retry-After, Cache-Control]")
        @OneOrMany
        List<String> refusal,
    @Doc("What happens to a request while the service does not decide.") @Default("deny")
        OnFailure onFailure,
    @Doc("The status of the answer if it is `deny`.")
        @Default("503")
        @Range(min = "400", max = "599")
        int failureStatus,
    @Doc("Which decisions are remembered. Without it the service is asked about every request.")
        @Nullable DecisionCache cache,
    @Doc("How long to wait for an answer.") @Default("1s") @Range(min = "10ms", max = "20s")
        Duration timeout,
    @Doc("When to stop asking.") Breaking breaker,
    @Doc("TLS towards the service.") Upstream.ClientTls tls) {

  /** How the service is asked. */
  public enum Protocol {
    HTTP,
    GRPC
  }

  /** What is asked for. */
  public enum Path {
    FIXED,
    APPEND
  }

  /** The method of the question. */
  public enum Method {
    GET,
    SAME
  }
}
