package dev.headgate.idp;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ServerSocketFactory;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.http.MockWebServerWrapper;
import no.nav.security.mock.oauth2.http.OAuth2HttpRequest;
import no.nav.security.mock.oauth2.http.OAuth2HttpResponse;
import no.nav.security.mock.oauth2.http.Route;
import no.nav.security.mock.oauth2.token.KeyProvider;
import no.nav.security.mock.oauth2.token.OAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.OAuth2TokenProvider;

/**
 * An identity provider that others have written, mock-oauth2-server, on a free port: metadata,
 * keys, the token endpoint and logins are its own. A test can rotate its keys, hold back its
 * answers, take it away and bring it back.
 */
public final class IdentityProvider implements AutoCloseable {
  private static final String ID = "default";
  private static final String FORM = "application/x-www-form-urlencoded";

  private final AtomicReference<RSAKey> key = new AtomicReference<>(newKey(0));
  private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger rotations = new AtomicInteger();
  private final Set<OAuth2TokenCallback> callbacks;
  private final int port;
  private MockOAuth2Server server;

  private IdentityProvider(Set<OAuth2TokenCallback> callbacks) {
    this.callbacks = callbacks;
    this.server = open(0);
    this.port = server.baseUrl().port();
  }

  public static IdentityProvider start() {
    return new IdentityProvider(Set.of());
  }

  /**
   * @param callbacks what tokens say of those who log in
   */
  public static IdentityProvider start(OAuth2TokenCallback... callbacks) {
    return new IdentityProvider(Set.of(callbacks));
  }

  private MockOAuth2Server open(int wanted) {
    OAuth2TokenProvider tokens = new OAuth2TokenProvider(new RotatedKeys());
    MockWebServerWrapper http = new MockWebServerWrapper(null);
    http.getMockWebServer().setServerSocketFactory(new SameAddressAgain());
    MockOAuth2Server opened =
        new MockOAuth2Server(
            new OAuth2Config(false, null, null, true, tokens, callbacks, http), new Held());
    opened.start(InetAddress.getLoopbackAddress(), wanted);
    return opened;
  }

  /** The issuer's name, which its metadata is below. */
  public String issuer() {
    return "http://127.0.0.1:" + port + "/" + ID;
  }

  /** A token for a program (RFC 6749 section 4.4), whose audience is what it asks for. */
  public String token(String client, String scope) throws IOException, InterruptedException {
    String form =
        "grant_type=client_credentials&client_id=%s&client_secret=s&scope=%s"
            .formatted(client, scope);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(issuer() + "/token"))
                  .header("Content-Type", FORM)
                  .POST(HttpRequest.BodyPublishers.ofString(form))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      Map<String, Object> said = StrictJson.object(answer.body());
      return (String) said.get("access_token");
    } catch (Malformed e) {
      throw new IOException(e);
    }
  }

  /** From now on it signs with another key, and publishes only that. */
  public void rotate() {
    key.set(newKey(rotations.incrementAndGet()));
  }

  /** The key that it signs with now. */
  public RSAKey key() {
    return key.get();
  }

  /** From now on its answers do not come, until {@link #goOn}. */
  public void hold() {
    gate.set(new CountDownLatch(1));
  }

  public void goOn() {
    gate.get().countDown();
  }

  /** How many requests were held back. */
  public int held() {
    return held.get();
  }

  /** It is gone: nobody listens at its address. */
  public void goAway() {
    server.shutdown();
  }

  /** It is there again, at the same address and with the same keys. */
  public void comeBack() {
    server = open(port);
  }

  @Override
  public void close() {
    goOn();
    server.shutdown();
  }

  private static RSAKey newKey(int number) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair pair = generator.generateKeyPair();
      return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
          .privateKey(pair.getPrivate())
          .keyID("key-" + number)
          .build();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class RotatedKeys extends KeyProvider {
    @Override
    public JWK signingKey(String keyId) {
      return key.get();
    }
  }

  /** Lets it listen where connections of before have not been forgotten yet. */
  private static final class SameAddressAgain extends ServerSocketFactory {
    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new ServerSocket() {
        @Override
        public void setReuseAddress(boolean on) throws SocketException {
          super.setReuseAddress(true);
        }
      };
    }

    @Override
    public ServerSocket createServerSocket(int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
      throw new UnsupportedOperationException();
    }
  }

  /** Takes no request, and is asked about each of them first. */
  private final class Held implements Route {
    @Override
    public boolean match(OAuth2HttpRequest request) {
      CountDownLatch closed = gate.get();
      if (closed.getCount() > 0) {
        held.incrementAndGet();
        try {
          closed.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return false;
    }

    @Override
    public OAuth2HttpResponse invoke(OAuth2HttpRequest request) {
      throw new IllegalStateException();
    }
  }
}
