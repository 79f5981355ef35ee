package dev.headgate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stores;
import dev.headgate.http.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A policy that vouches for signed requests, on a loop of its own, with files that the test gives.
 */
public final class PolicyUnderTest implements Preparation {
  public static final String SECRET =
      "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";

  /** When the examples of RFC 9421 were signed, in seconds since 1970. */
  public static final long THEN = 1618884473;

  public final ManualLoop loop = new ManualLoop();
  public final List<String> errors = new ArrayList<>();
  private final PolicyKind<?> kind;
  private final Config config;
  private final Map<String, byte[]> files = new HashMap<>();
  private final Map<Object, Object> shared = new HashMap<>();

  /**
   * @param kind the kind of the policy
   * @param policy what is written below the policy's key
   * @param consumers as in the configuration
   */
  public PolicyUnderTest(PolicyKind<?> kind, String policy, String consumers) {
    this(kind, policy, consumers, SECRET);
  }

  /**
   * @param secret what {@code ${env:S}} stands for
   */
  public PolicyUnderTest(PolicyKind<?> kind, String policy, String consumers, String secret) {
    this.kind = kind;
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { signed: { %s: { %s } } }
        routes: { r: { match: { path: /** }, auth: signed, respond: { body: in } } }
        consumers: { %s }
        """
            .formatted(kind.name(), policy, consumers);
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of("S", secret)))
            .read("headgate.yaml", yaml);
    assertThat(reading.problems().hasErrors()).as(reading.problems().report()).isFalse();
    config = ((Reading.Accepted) reading).config();
    at(THEN + 2);
  }

  @Override
  public Instant now() {
    return Instant.ofEpochMilli(loop.wallMillis());
  }

  /** Sets the wall clock, to seconds since 1970. */
  public PolicyUnderTest at(long seconds) {
    loop.clock.jump(Duration.ofMillis(seconds * 1000 - loop.wallMillis()));
    return this;
  }

  public PolicyUnderTest file(String path, String content) {
    files.put(path, content.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** The policy; a new instance with each call, which shares its memory with the others. */
  public Policy policy() {
    return prepared(kind);
  }

  private <C extends Record> Policy prepared(PolicyKind<C> of) {
    Record written = Objects.requireNonNull(config.policies().get("signed")).policy().config();
    PolicyFactory factory = of.prepare(of.config().cast(written), this);
    return Objects.requireNonNull(factory, errors::toString).create(loop);
  }

  /** A request to {@code https://example.com} with these fields, each with a colon. */
  public Exchange request(String method, String target, String... fields) {
    return requestTo("example.com", method, target, fields);
  }

  public Exchange requestTo(String authority, String method, String target, String... fields) {
    Headers headers = new Headers();
    for (String field : fields) {
      int colon = field.indexOf(':');
      headers.add(field.substring(0, colon), field.substring(colon + 1).strip());
    }
    ClientInfo client =
        new ClientInfo(
            "public", InetAddress.getLoopbackAddress(), "127.0.0.1", 40_000, true, null, null);
    return new Exchange(
        client,
        "HTTP/1.1",
        new Exchange.Head(method, authority, authority, target, false),
        headers,
        new Headers(),
        loop.nanos());
  }

  /**
   * What becomes of a request: {@code vouched}, {@code nothing}, {@code wants the body}, or the
   * reason of its failure.
   */
  public String ask(Policy policy, Exchange exchange) {
    Decision[] decided = {policy.onRequest(exchange)};
    if (decided[0] instanceof Decision.Await await) {
      await.then(later -> decided[0] = later);
      loop.runTasks();
    }
    return switch (decided[0]) {
      case Decision.Continue _ -> exchange.identity() == null ? "nothing" : "vouched";
      case Decision.Fail(Failure failure, var _) -> {
        exchange.failure(failure);
        yield failure.reason();
      }
      case Decision.Respond _, Decision.TakeBody _ -> "answered";
      case Decision.Await _ -> "waiting";
      case Decision.AwaitBody(BodyInspector reader, long most) -> {
        exchange.inspectBody(policy, reader);
        yield most > 0 ? "wants the body" : "waiting";
      }
    };
  }

  public String ask(Exchange exchange) {
    return ask(policy(), exchange);
  }

  /** What those say who look at a request's body: {@code passed} or a reason. */
  public static String body(Exchange exchange, String body) {
    for (Exchange.BodyWatch watch : exchange.bodyWatches()) {
      BodyInspector inspector = watch.inspector();
      ByteBuffer piece = ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII));
      Failure failure = piece.hasRemaining() ? inspector.piece(piece) : null;
      failure = failure == null ? inspector.end() : failure;
      if (failure != null) {
        return failure.reason();
      }
    }
    return "passed";
  }

  @Override
  public String name() {
    return "signed";
  }

  @Override
  public String place() {
    return "policies.signed";
  }

  @Override
  public Map<String, Consumer> consumers() {
    return config.consumers();
  }

  @Override
  public Path resolve(String path) {
    return Path.of(path);
  }

  @Override
  public Stores.Place store(String name) {
    throw new AssertionError("no stores here");
  }

  @Override
  public InputStream open(String path) throws IOException {
    byte[] content = files.get(path);
    if (content == null) {
      throw new IOException("no such file");
    }
    return new ByteArrayInputStream(content);
  }

  @Override
  public <T> T shared(Class<T> type, Object key, Supplier<T> make) {
    return type.cast(shared.computeIfAbsent(key, _ -> make.get()));
  }

  @Override
  public void error(String field, String message, String hint) {
    errors.add(message);
  }

  @Override
  public void warning(String field, String message, String hint) {}
}
