package dev.headgate.policy.jsonthreats;

import dev.headgate.config.Size;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;

/** What it costs to check a body of JSON, beside Jackson's parser that takes pieces. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JsonCheckBench {
  private static final JsonThreats LIMITS =
      new JsonThreats(
          20,
          1000,
          new Size(200),
          10_000,
          Size.kibibytes(64),
          40,
          400,
          100_000,
          JsonThreats.Duplicates.REJECT,
          List.of("application/json"),
          List.of(),
          Size.mebibytes(20),
          100);

  @Param({"1024", "65536"})
  int size;

  /** Western text, or text of which every character has three bytes. */
  @Param({"ascii", "cjk"})
  String text;

  private final HashKey key = HashKey.random();
  private final JsonFactory jackson = JsonFactory.builder().build();
  private final JsonFactory strict =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private byte[] body = {};

  @Setup
  public void make() {
    String description =
        text.equals("ascii") ? "four legs, oak, of last year's wood" : "\u6a61\u6728".repeat(8);
    StringBuilder json = new StringBuilder("{\"orders\":[");
    int id = 0;
    while (json.toString().getBytes(StandardCharsets.UTF_8).length < size - 200) {
      json.append(id == 0 ? "" : ",")
          .append("{\"id\":")
          .append(1_000_000 + id++)
          .append(",\"article\":\"table\",\"description\":\"")
          .append(description)
          .append(
              "\",\"price\":129.95,\"available\":true,\"tags\":[\"wood\",\"home\"],\"note\":null}");
    }
    body = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
  }

  @Benchmark
  public Object check() {
    JsonCheck check = new JsonCheck(LIMITS, key);
    for (int from = 0; from < body.length; from += 8192) {
      if (check.put(body, from, Math.min(body.length, from + 8192)) != null) {
        throw new IllegalStateException();
      }
    }
    return check.end();
  }

  @Benchmark
  public int jackson() {
    return parsed(jackson);
  }

  @Benchmark
  public int jacksonWithDuplicates() {
    return parsed(strict);
  }

  private int parsed(JsonFactory factory) {
    int tokens = 0;
    try (JsonParser parser = factory.createNonBlockingByteArrayParser(ObjectReadContext.empty())) {
      ByteArrayFeeder feeder = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
      for (int from = 0; from < body.length; from += 8192) {
        feeder.feedInput(body, from, Math.min(body.length, from + 8192));
        while (parser.nextToken() != JsonToken.NOT_AVAILABLE) {
          tokens++;
        }
      }
      feeder.endOfInput();
      while (parser.nextToken() != null) {
        tokens++;
      }
    }
    return tokens;
  }
}
