package dev.headgate.jose;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Brings an issuer's keys once: asks, reads the answer elsewhere, and tells. */
@LoopConfined
final class KeyFetch {
  /** The most bytes that a key set or an issuer's metadata may have. */
  static final int MOST_BYTES = 256 * 1024;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final HeaderName ACCEPT = HeaderName.of("accept");
  private static final int OK = 200;

  private final Loop loop;
  private final Listener listener;

  /** Who waits for the keys. */
  interface Listener {
    /**
     * @param keys null if there are none
     * @param problem why; empty if there are
     */
    void fetched(@Nullable KeySet keys, String problem);
  }

  private KeyFetch(Loop loop, Listener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** Tells once, on the loop, and never before it returns. */
  static void begin(KeySource source, Loop loop, Listener listener) {
    KeyFetch fetch = new KeyFetch(loop, listener);
    switch (source) {
      case KeySource.Url url -> fetch.keys(url.url(), url.tls());
      case KeySource.Discovery discovery -> fetch.discover(discovery);
      case KeySource.File file -> fetch.read(() -> file(file.path()));
    }
  }

  /** Reads a file of keys. Blocks. */
  static KeySet file(Path path) throws IOException, Malformed {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] json = in.readNBytes(MOST_BYTES + 1);
      if (json.length > MOST_BYTES) {
        throw new IOException("larger than " + MOST_BYTES + " bytes");
      }
      return JwkReader.read(json);
    }
  }

  private void keys(URI url, Upstream.ClientTls tls) {
    ask(url, tls, body -> read(() -> JwkReader.read(body)));
  }

  private void discover(KeySource.Discovery discovery) {
    ask(
        discovery.metadata(),
        discovery.tls(),
        body -> {
          try {
            IssuerMetadata metadata = IssuerMetadata.read(body, discovery);
            URI url = metadata.url("jwks_uri");
            if (url == null) {
              throw new Malformed("no 'jwks_uri', or none that is an https URL");
            }
            ask(url, discovery.tls(), keys -> read(() -> JwkReader.read(keys).of(metadata)));
          } catch (Malformed e) {
            failed(discovery.metadata() + ": " + e.getMessage());
          }
        });
  }

  private interface Body {
    void arrived(byte[] body);
  }

  private void ask(URI url, Upstream.ClientTls tls, Body then) {
    Headers headers = new Headers();
    headers.add(ACCEPT, "application/json, application/jwk-set+json");
    Callouts.Callout callout =
        new Callouts.Callout(
            "GET",
            url,
            headers,
            new byte[0],
            new Callouts.Terms("jwks", TIMEOUT, MOST_BYTES, Upstream.Protocol.AUTO, tls));
    loop.callouts()
        .send(
            callout,
            answer -> {
              switch (answer) {
                case Callouts.Answer.Failed failed -> failed(url + ": " + failed.why());
                case Callouts.Answer.Answered answered when answered.status() != OK ->
                    failed(url + ": answered with status " + answered.status());
                case Callouts.Answer.Answered answered -> then.arrived(answered.body());
              }
            });
  }

  /** Large key sets take milliseconds to read. */
  private void read(Callable<KeySet> reading) {
    Callable<KeySet> work = reading;
    boolean accepted =
        loop.offload()
            .<KeySet>run(
                work,
                (keys, failure) -> {
                  if (keys == null) {
                    failed("the keys cannot be read: " + why(failure));
                  } else if (keys.isEmpty()) {
                    failed("no key that can be used " + keys.refused());
                  } else {
                    listener.fetched(keys, "");
                  }
                });
    if (!accepted) {
      loop.execute(() -> failed("too much to do"));
    }
  }

  private static String why(@Nullable Exception failure) {
    return failure == null ? "" : Shown.shortened(String.valueOf(failure.getMessage()), 200);
  }

  private void failed(String problem) {
    listener.fetched(null, problem);
  }
}
