package dev.headgate.jose;

import dev.headgate.config.Problems;
import dev.headgate.config.check.Urls;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Preparation;
import java.io.IOException;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** From where a configuration says that an issuer's keys are, to keys as each loop uses them. */
public final class IssuerKeys {
  private static final String RISK = "anybody on the way can put in keys of their own";

  private IssuerKeys() {}

  /**
   * Reports what is wrong.
   *
   * @param at the path of the record that holds {@code issuer}, {@code jwks} and {@code keys}
   * @param jwks a URL or a file; null to find the keys through the issuer's metadata
   */
  public static void check(
      String at, String issuer, @Nullable String jwks, KeyUse keys, Problems problems) {
    if (jwks == null) {
      URI url =
          Urls.http(
              at + ".issuer",
              issuer,
              "to find its keys, ",
              "or say with 'jwks' where they are",
              RISK,
              problems);
      if (url != null && url.getQuery() != null) {
        problems.error(
            at + ".issuer",
            "keys cannot be found through a URL with a query",
            "say with 'jwks' where they are");
      }
    } else if (jwks.contains("://")) {
      Urls.http(at + ".jwks", jwks, "", "", RISK, problems);
    } else if (jwks.isBlank() || jwks.indexOf('\0') >= 0) {
      problems.error(at + ".jwks", "expected a URL or the name of a file", "");
    }
    Urls.tls(at + ".keys.tls", keys.tls(), RISK, problems);
    if (keys.refresh().compareTo(keys.maxAge()) > 0) {
      problems.error(at + ".keys.maxAge", "keys become too old before they are fetched again", "");
    }
  }

  /**
   * Prepares the keys; those of a file are read.
   *
   * @param below what stands before {@code jwks} in problems; empty or with a dot at its end
   * @return makes the keys of a loop; null after reporting problems
   */
  public static @Nullable Function<Loop, LoopKeys> prepare(
      String issuer, @Nullable String jwks, KeyUse use, String below, Preparation preparation) {
    KeySet seed = null;
    KeySource source;
    if (jwks != null && !jwks.contains("://")) {
      seed = file(jwks, below + "jwks", preparation);
      if (seed == null) {
        return null;
      }
      source = new KeySource.File(preparation.resolve(jwks));
    } else {
      source =
          jwks == null
              ? KeySource.Discovery.of(issuer, preparation.resolve(use.tls()))
              : new KeySource.Url(URI.create(jwks), preparation.resolve(use.tls()));
    }
    FetchedKeys shared =
        preparation.shared(FetchedKeys.class, source, () -> new FetchedKeys(source));
    KeySet first = seed;
    return loop -> {
      if (first != null) {
        shared.seed(first, loop.nanos());
      }
      return LoopKeys.of(loop, shared, use.refresh(), use.maxAge());
    };
  }

  private static @Nullable KeySet file(String path, String field, Preparation preparation) {
    try {
      KeySet keys = JwkReader.read(preparation.file(path, KeyFetch.MOST_BYTES));
      keys.refused().forEach(why -> preparation.warning(field, "a key is refused, " + why, ""));
      if (!keys.isEmpty()) {
        return keys;
      }
      preparation.error(field, "there is no key in the file that can be used", "");
    } catch (IOException e) {
      preparation.error(field, "the file cannot be read: " + e.getMessage(), "");
    } catch (Malformed e) {
      preparation.error(field, "the file is no JSON Web Key Set: " + e.getMessage(), "");
    }
    return null;
  }
}
