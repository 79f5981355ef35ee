package dev.headgate.policy.hmac;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import dev.headgate.config.Size;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Vouches for callers that sign their requests with a secret that both sides know (HMAC), in the form that they have:"
        + " where the signature is, and what is signed. A request that was signed is taken once.")
public record Hmac(
    @Doc(
            value =
                "What is signed: text with `{timestamp}`, `{method}`, `{path}`, `{query}` (without `?`), `{target}` (path and"
                    + " query), `{host}`, `{header.NAME}` (all lines, with a comma and a space between; empty if there is"
                    + " none), and once `{body}` or `{body.sha256}` (in hexadecimal digits), all as they came. Line breaks"
                    + " are `\\n` in double quotes.",
            example = "\"{method}\\n{path}\\n{query}\\n{timestamp}\\n{body}\"")
        String signed,
    @Doc("Where the signature is.") Signature signature,
    @Doc("Where the time of signing is. It is needed unless `window` is `off`.")
        Timestamp timestamp,
    @Doc("Where the request names the key it is signed with, the `id` of a credential.") Key key,
    @Doc(
            value =
                "Whose secrets are taken, where requests do not name their `key`, as those of webhooks.",
            example = "acme")
        @Nullable String consumer,
    @Doc("The hash that the HMAC is made with.") @Default("sha256") Algorithm algorithm,
    @Doc(
            "Whether a body must be signed: without `{body}` or `{body.sha256}` in `signed`, requests with a body are refused"
                + " then.")
        @Default("true")
        boolean coverBody,
    @Doc(
            "The largest body that can be signed: it is held until it is known that its signature holds.")
        @Default("1MiB")
        @Range(min = "1KiB", max = "64MiB")
        Size maxBody,
    @Doc(
            "How much of such bodies each event loop holds at a time; requests that would need more get 503.")
        @Default("64MiB")
        @Range(min = "1KiB", max = "4GiB")
        Size maxBodies,
    @Doc(
            "How old a signature may be; `leeway` is allowed for besides. `off` takes signatures without a time: then whoever"
                + " has seen a request can send it again, at any time.")
        @Default("5m")
        @Range(min = "1s", max = "1h")
        @Nullable Duration window,
    @Doc("How far the callers' clocks and ours may be apart.")
        @Default("30s")
        @Range(min = "0s", max = "10m")
        Duration leeway,
    @Doc(
            "How many signatures are remembered, so that none is taken twice, by all event loops of a node together. When so"
                + " many came within `window`, further ones get 503. Up to 64 bytes each, once they come.")
        @Default("100000")
        @Range(min = "1", max = "10000000")
        int remember,
    @Doc("Whether the upstream gets the signature too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject` (the key's `id`), `policy`,"
                    + " `groups` or `scopes`. No caller can send these fields.",
            example = "{ X-Consumer: consumer }")
        Map<String, String> identityHeaders) {

  /** The hash that an HMAC is made with. */
  public enum Algorithm {
    SHA256("HmacSHA256", 32),
    SHA512("HmacSHA512", 64);

    private final String java;
    private final int bytes;

    Algorithm(String java, int bytes) {
      this.java = java;
      this.bytes = bytes;
    }

    /** What Java calls it. */
    String java() {
      return java;
    }

    /** The length of a signature. */
    int bytes() {
      return bytes;
    }
  }

  /** How a signature is written. */
  public enum Encoding {
    HEX,
    BASE64
  }

  /** How a time is written. */
  public enum Unit {
    SECONDS,
    MILLIS,
    DATE
  }

  @Doc("Where the signature is. There may be several, of which one must hold.")
  public record Signature(
      @Doc(
              value = "The header field; with a space between, it may hold several signatures.",
              example = "X-Signature")
          String header,
      @Doc(
              value =
                  "The parameter in the field that holds the signature, where the field is a list such as"
                      + " `t=1700000000,v1=…` or `hmac user=\"…\", signature=\"…\"`.",
              example = "v1")
          @Nullable String parameter,
      @Doc(value = "What stands before the signature.", example = "\"sha256=\"") @Default("")
          String prefix,
      @Doc("How the signature is written.") @Default("hex") Encoding encoding) {}

  @Doc("Where the time of signing is.")
  public record Timestamp(
      @Doc(value = "The header field.", example = "X-Timestamp") @Nullable String header,
      @Doc(value = "The parameter in the field that holds the time.", example = "t")
          @Nullable String parameter,
      @Doc(
              "How the time is written: seconds or milliseconds since 1970, or a date as the field Date has it.")
          @Default("seconds")
          Unit unit) {}

  @Doc("Where the request names the key it is signed with.")
  public record Key(
      @Doc(value = "The header field.", example = "X-Key-Id") @Nullable String header,
      @Doc(value = "The parameter in the field that holds the key's id.", example = "keyId")
          @Nullable String parameter) {}
}
