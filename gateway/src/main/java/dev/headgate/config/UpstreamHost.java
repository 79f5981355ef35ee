package dev.headgate.config;

import org.jspecify.annotations.Nullable;

/** The host that an upstream's endpoints are asked for, in Host or {@code :authority}. */
public sealed interface UpstreamHost {
  /** What the client asked for. */
  record Preserve() implements UpstreamHost {
    @Override
    public String toString() {
      return "preserve";
    }
  }

  /** The host of the endpoint's URL, with its port unless that is the usual one. */
  record Endpoint() implements UpstreamHost {
    @Override
    public String toString() {
      return "endpoint";
    }
  }

  /**
   * Always the same.
   *
   * @param text a host, or a host with a port
   */
  record Literal(String text) implements UpstreamHost {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The authority that a request carries.
   *
   * @param asked what the client asked for
   * @return null for the endpoint's own, which is known once one is chosen
   */
  default @Nullable String of(String asked) {
    return switch (this) {
      case Preserve _ -> asked;
      case Endpoint _ -> null;
      case Literal literal -> literal.text();
    };
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  static UpstreamHost parse(String text) {
    return switch (text) {
      case "preserve" -> new Preserve();
      case "endpoint" -> new Endpoint();
      default -> {
        boolean bare = text.lastIndexOf(':') <= text.lastIndexOf(']');
        HostPort.parse(bare ? text + ":1" : text);
        yield new Literal(text);
      }
    };
  }
}
