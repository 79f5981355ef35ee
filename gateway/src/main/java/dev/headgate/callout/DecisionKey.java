package dev.headgate.callout;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.http.HeaderName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What requests must have in common to get the same decision; as a hash. */
@LoopConfined
final class DecisionKey {
  private final CredentialHash hashes = CredentialHash.keyed();
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param header null for other parts
   */
  private record Part(String name, @Nullable HeaderName header) {}

  DecisionKey(List<String> parts) {
    for (String part : parts) {
      this.parts.add(
          new Part(
              part,
              part.startsWith(DecisionCache.HEADER)
                  ? HeaderName.of(part.substring(DecisionCache.HEADER.length()))
                  : null));
    }
  }

  /** The hash for a request, in an array that the next call writes over. */
  byte[] of(Exchange exchange) {
    hashes.begin();
    hashes.add(Objects.requireNonNullElse(exchange.route(), ""));
    for (Part part : parts) {
      HeaderName header = part.header();
      if (header != null) {
        addAll(exchange.requestHeaders().all(header));
      } else if (part.name().equals("identity")) {
        add(exchange.identity());
      } else {
        add(plain(part.name(), exchange));
      }
    }
    return hashes.end();
  }

  private static @Nullable String plain(String part, Exchange exchange) {
    return switch (part) {
      case "method" -> exchange.method();
      case "host" -> exchange.host();
      case "path" -> exchange.path();
      case "query" -> exchange.query();
      default -> exchange.clientAddress();
    };
  }

  private void add(@Nullable Identity identity) {
    if (identity == null) {
      add((String) null);
      return;
    }
    hashes.add(identity.policy());
    hashes.add(identity.subject());
    add(identity.consumer() == null ? null : identity.consumer().name());
    // Of two tokens of one subject one may say more than the other.
    hashes.add(identity.claims().toString());
  }

  /** None is another thing than an empty one. */
  private void add(@Nullable String text) {
    addAll(text == null ? List.of() : List.of(text));
  }

  private void addAll(List<String> texts) {
    hashes.add(Integer.toString(texts.size()));
    texts.forEach(hashes::add);
  }
}
