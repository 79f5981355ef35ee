package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.SecretText;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.IssuerMetadata;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The provider as one loop asks it for tokens. */
@LoopConfined
final class Provider {
  private static final HeaderName ACCEPT = HeaderName.of("accept");
  private static final int MOST_BYTES = 128 * 1024;
  private static final int OK = 200;

  private final Oidc config;
  private final Callouts.Terms terms;
  private final LoopKeys keys;
  private final Loop loop;

  /** What came of asking for tokens. */
  sealed interface Reply {
    record Granted(TokenAnswer answer) implements Reply {}

    /** What was shown is not, or no longer, good for tokens. */
    record Refused(String why) implements Reply {}

    /** No answer that says anything. */
    record Unavailable(String why) implements Reply {}
  }

  /** Who waits for a reply. */
  interface Listener {
    void replied(Reply reply);
  }

  /**
   * @param policy its name
   * @param tls paths in it are absolute
   */
  Provider(String policy, Oidc config, Upstream.ClientTls tls, LoopKeys keys, Loop loop) {
    this.config = config;
    this.terms =
        new Callouts.Terms(policy, config.timeout(), MOST_BYTES, Upstream.Protocol.AUTO, tls);
    this.keys = keys;
    this.loop = loop;
  }

  LoopKeys keys() {
    return keys;
  }

  /** What it says of itself; null while that is not known. */
  @Nullable IssuerMetadata metadata() {
    KeySet usable = keys.usable();
    return usable == null ? null : usable.metadata();
  }

  /** Exchanges a code for tokens. Never calls back before it returns. */
  void exchange(LoginAttempt attempt, String code, Listener listener) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", attempt.redirect());
    form.put("code_verifier", attempt.verifier());
    ask(form, listener);
  }

  /** Asks for new tokens. Never calls back before it returns. */
  void refresh(String refreshToken, Listener listener) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", refreshToken);
    ask(form, listener);
  }

  private void ask(Map<String, String> form, Listener listener) {
    IssuerMetadata metadata = metadata();
    URI url = metadata == null ? null : metadata.url("token_endpoint");
    if (url == null) {
      loop.execute(() -> listener.replied(new Reply.Unavailable("its metadata is not known")));
      return;
    }
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, "application/x-www-form-urlencoded");
    headers.add(ACCEPT, "application/json");
    prove(form, headers);
    byte[] body = form(form).getBytes(StandardCharsets.US_ASCII);
    loop.callouts()
        .send(
            new Callouts.Callout("POST", url, headers, body, terms),
            answer -> listener.replied(reply(answer)));
  }

  /** Shows who is asking (RFC 6749 section 2.3.1). */
  private void prove(Map<String, String> form, Headers headers) {
    String id = config.client().id();
    SecretText secret = config.client().secret();
    if (secret != null && config.client().method() == Oidc.Method.BASIC) {
      String pair = encoded(id) + ":" + encoded(secret.reveal());
      headers.add(
          HeaderName.AUTHORIZATION,
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    } else {
      form.put("client_id", id);
      if (secret != null) {
        form.put("client_secret", secret.reveal());
      }
    }
  }

  private static Reply reply(Callouts.Answer answer) {
    try {
      return switch (answer) {
        case Callouts.Answer.Failed failed -> new Reply.Unavailable(failed.why());
        case Callouts.Answer.Answered answered when answered.status() == OK ->
            new Reply.Granted(TokenAnswer.read(answered.body()));
        case Callouts.Answer.Answered answered
            when answered.status() == 400
                && "invalid_grant".equals(StrictJson.object(answered.body()).get("error")) ->
            new Reply.Refused("invalid_grant");
        case Callouts.Answer.Answered answered ->
            new Reply.Unavailable("the token endpoint answers with status " + answered.status());
      };
    } catch (Malformed e) {
      return new Reply.Unavailable("the token endpoint's answer: " + e.getMessage());
    }
  }

  /** A query or a form of these parameters. */
  static String form(Map<String, String> parameters) {
    StringBuilder text = new StringBuilder();
    parameters.forEach((name, value) -> {
      if (!text.isEmpty()) {
        text.append('&');
      }
      text.append(encoded(name)).append('=').append(encoded(value));
    });
    return text.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
