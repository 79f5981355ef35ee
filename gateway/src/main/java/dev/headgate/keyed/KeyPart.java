package dev.headgate.keyed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.headgate.exchange.ClientNetwork;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.http.HeaderName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the things that have a limit of their own, as {@code per} names them. */
@FunctionalInterface
interface KeyPart {
  /** Adds what the request has of this to the key of its bucket. */
  void put(Exchange exchange, KeySink key);

  /** A longer cookie is taken for none. */
  int LONGEST_COOKIE = 4096;

  /** What a user may write. */
  List<String> WORDS =
      List.of(
          "client",
          "consumer",
          "credential",
          "route",
          "host",
          "header:NAME",
          "cookie:NAME",
          "claim:NAME",
          "label:NAME",
          "path:NAME");

  /** The part that a user names; null if there is none such. */
  static @Nullable KeyPart of(String text) {
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon + 1);
    String name = text.substring(colon + 1);
    if (name.isEmpty()) {
      return null;
    }
    return switch (word) {
      case "client" -> KeyPart::client;
      case "consumer" -> KeyPart::consumer;
      case "credential" -> KeyPart::credential;
      case "route" -> (exchange, key) -> text(exchange.route(), exchange, key);
      case "host" -> (exchange, key) -> text(exchange.host(), exchange, key);
      case "header:" -> {
        HeaderName field = HeaderName.of(name);
        yield (exchange, key) -> text(exchange.requestHeaders().get(field), exchange, key);
      }
      case "cookie:" -> {
        CredentialPlace place = CredentialPlace.cookie(name, LONGEST_COOKIE);
        yield (exchange, key) -> cookie(place, exchange, key);
      }
      case "claim:" -> (exchange, key) -> text(claim(exchange, name), exchange, key);
      case "label:" -> (exchange, key) -> text(label(exchange, name), exchange, key);
      case "path:" -> (exchange, key) -> text(exchange.captured(name), exchange, key);
      default -> null;
    };
  }

  /** Whether a part that a user names is known only once somebody has said who is calling. */
  static boolean needsIdentity(String text) {
    return switch (text.substring(0, text.indexOf(':') + 1)) {
      case "claim:", "label:" -> true;
      default -> text.equals("consumer") || text.equals("credential");
    };
  }

  private static void cookie(CredentialPlace place, Exchange exchange, KeySink key) {
    int length = place.read(exchange);
    if (length <= 0) {
      client(exchange, key);
    } else {
      key.kind((byte) 2);
      key.text(new String(place.bytes(), place.from(), length, ISO_8859_1));
    }
  }

  private static void client(Exchange exchange, KeySink key) {
    key.kind((byte) 0);
    key.bytes(ClientNetwork.of(exchange.address()));
  }

  private static void consumer(Exchange exchange, KeySink key) {
    Identity identity = exchange.identity();
    if (identity == null || identity.consumer() == null) {
      credential(exchange, key);
    } else {
      text(identity.consumer().name(), exchange, key);
    }
  }

  private static void credential(Exchange exchange, KeySink key) {
    Identity identity = exchange.identity();
    if (identity == null) {
      client(exchange, key);
    } else {
      key.kind((byte) 1);
      key.text(identity.policy());
      key.text(identity.subject());
    }
  }

  private static @Nullable String claim(Exchange exchange, String name) {
    Identity identity = exchange.identity();
    Object claim = identity == null ? null : identity.claims().get(name);
    return claim == null ? null : claim.toString();
  }

  private static @Nullable String label(Exchange exchange, String name) {
    Identity identity = exchange.identity();
    return identity == null ? null : identity.labels().get(name);
  }

  private static void text(@Nullable String value, Exchange exchange, KeySink key) {
    if (value == null) {
      client(exchange, key);
    } else {
      key.kind((byte) 2);
      key.text(value);
    }
  }
}
