package dev.headgate.policy.introspection;

import dev.headgate.config.Upstream;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

/** How the authorization server is asked about a token (RFC 7662 section 2.1). Immutable. */
final class Server {
  private static final int MOST_BYTES = 64 * 1024;
  private static final HeaderName ACCEPT = HeaderName.of("accept");

  /** The media type of signed answers (RFC 9701 section 4). */
  static final String SIGNED = "application/token-introspection+jwt";

  private final Introspection config;
  private final Terms terms;
  private final String authorization;
  private final byte[] bodyStart;

  Server(Introspection config, String policy, Upstream.ClientTls tls) {
    this.config = config;
    this.terms = new Terms(policy, config.timeout(), MOST_BYTES, Upstream.Protocol.AUTO, tls);
    Introspection.Client client = config.client();
    String id = Objects.requireNonNullElse(client.id(), "");
    String secret = client.secret().reveal();
    this.authorization =
        switch (client.method()) {
          case BASIC -> "Basic " + base64(encoded(id) + ":" + encoded(secret));
          case BEARER -> "Bearer " + secret;
          case POST -> "";
        };
    String start =
        client.method() == Introspection.Method.POST
            ? "client_id=" + encoded(id) + "&client_secret=" + encoded(secret) + "&"
            : "";
    this.bodyStart =
        (start + "token_type_hint=access_token&token=").getBytes(StandardCharsets.UTF_8);
  }

  /** The question about a token. */
  Callout question(byte[] token) {
    Headers headers = new Headers();
    headers.add(ACCEPT, config.signed() == null ? "application/json" : SIGNED);
    headers.add(HeaderName.CONTENT_TYPE, "application/x-www-form-urlencoded");
    if (!authorization.isEmpty()) {
      headers.add(HeaderName.AUTHORIZATION, authorization);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(bodyStart.length + token.length + 16);
    body.writeBytes(bodyStart);
    encode(token, body);
    return new Callout("POST", config.endpoint(), headers, body.toByteArray(), terms);
  }

  /** The id and the secret are encoded before they are joined (RFC 6749 section 2.3.1). */
  private static String encoded(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    encode(text.getBytes(StandardCharsets.UTF_8), out);
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** As forms have it, with a space as {@code %20}. */
  private static void encode(byte[] bytes, ByteArrayOutputStream out) {
    for (byte b : bytes) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '-'
              || b == '.'
              || b == '_'
              || b == '*';
      if (plain) {
        out.write(b);
      } else {
        out.write('%');
        out.write(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)));
        out.write(Character.toUpperCase(Character.forDigit(b & 15, 16)));
      }
    }
  }
}
