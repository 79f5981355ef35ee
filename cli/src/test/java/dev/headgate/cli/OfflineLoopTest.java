package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Deadline;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfflineLoopTest {
  private static final long PATIENCE = Duration.ofSeconds(30).toNanos();

  private final OfflineLoop loop = new OfflineLoop(Clock.systemUTC(), Map.of());

  @TempDir private Path folder;

  private final class Alarm extends Deadline {
    private boolean rang;

    @Override
    protected void expired() {
      rang = true;
    }
  }

  @Test
  void whoeverWaitsForAMomentSeesItComeAndNobodySitsThroughIt() {
    Instant before = Instant.now();
    long nanos = loop.nanos();
    long wall = loop.wallMillis();
    Alarm alarm = new Alarm();
    loop.arm(alarm, Duration.ofSeconds(20).toNanos());
    loop.runUntil(() -> alarm.rang, PATIENCE);
    assertThat(alarm.rang).isTrue();
    assertThat(loop.nanos() - nanos).isGreaterThanOrEqualTo(Duration.ofSeconds(20).toNanos());
    assertThat(loop.wallMillis() - wall).isGreaterThanOrEqualTo(20_000);
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void whatComesTooLateOrWasCalledOffIsNotWaitedFor() {
    Alarm late = new Alarm();
    loop.arm(late, 2 * PATIENCE);
    Alarm off = new Alarm();
    loop.arm(off, PATIENCE / 2);
    loop.cancel(off);
    loop.runUntil(() -> late.rang || off.rang, PATIENCE);
    assertThat(late.rang).isFalse();
    assertThat(off.rang).isFalse();
  }

  @Test
  void noTimePassesForWhatIsThereAtOnce() {
    boolean[] done = {false};
    long wall = loop.wallMillis();
    loop.execute(() -> done[0] = true);
    loop.runUntil(() -> done[0], PATIENCE);
    assertThat(loop.wallMillis() - wall).isLessThan(20_000);
  }

  /** The keys are asked for a second time, two seconds later, before a token is called wrong. */
  @Test
  void explainWaitsForWhatAPolicyWaitsFor() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
    Path keys =
        Files.writeString(
            folder.resolve("keys.json"),
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"%s\",\"e\":\"AQAB\"}]}"
                .formatted(base64(unsigned(key.getModulus()))));
    Path file =
        Files.writeString(
            folder.resolve("headgate.yaml"),
            """
            listeners: { main: { address: "127.0.0.1:0" } }
            policies: { idp: { jwt: { issuer: i, audience: o, jwks: "https://idp.example.com/k" } } }
            routes: { all: { match: { path: /** }, auth: idp, respond: { body: in } } }
            """);
    String token =
        base64("{\"alg\":\"RS256\",\"kid\":\"b\"}".getBytes(UTF_8))
            + "."
            + base64("{\"iss\":\"i\",\"aud\":\"o\",\"exp\":4102444800}".getBytes(UTF_8))
            + ".AAAA";
    StringWriter out = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(out), false);
    int code =
        Headgate.execute(
            terminal,
            Map.of(),
            "explain",
            file.toString(),
            "GET",
            "http://a/",
            "-H",
            "Authorization: Bearer " + token,
            "--fact",
            "https://idp.example.com/k=" + keys);
    terminal.out().flush();
    assertThat(code).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("refused: 401 jwt.key_unknown");
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
