package dev.headgate.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Route;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileSourceTest {
  private static final String CONFIG =
      """
      listeners: { main: { address: "127.0.0.1:0" } }
      routes: { hello: { match: { path: /hello }, auth: public, respond: { body: "%s" } } }
      """;

  @TempDir private Path folder;
  private final BlockingQueue<Reading> taken = new LinkedBlockingQueue<>();
  private Path file;
  private FileSource source;

  @BeforeEach
  void open() throws IOException {
    file = Files.writeString(folder.resolve("headgate.yaml"), CONFIG.formatted("one"));
    source = new FileSource(file, new ConfigReader(Policies.KINDS, Secrets.of(Map.of())));
  }

  @AfterEach
  void close() {
    source.close();
  }

  private Reading next() throws InterruptedException {
    Reading reading = taken.poll(20, TimeUnit.SECONDS);
    assertThat(reading).as("handed over within 20 seconds").isNotNull();
    return reading;
  }

  private static String bodyOf(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Accepted.class);
    Route hello =
        Objects.requireNonNull(((Reading.Accepted) reading).config().routes().get("hello"));
    return Objects.requireNonNull(hello.respond()).body();
  }

  @Test
  void handsOverEveryChangeGoodOrBad() throws Exception {
    assertThat(bodyOf(source.read())).isEqualTo("one");
    source.watch(taken::add);
    Files.writeString(file, CONFIG.formatted("two"));
    assertThat(bodyOf(next())).isEqualTo("two");
    Files.writeString(file, "listenrs: {}");
    assertThat(next()).isInstanceOf(Reading.Refused.class);
    Files.writeString(file, CONFIG.formatted("two"));
    assertThat(bodyOf(next())).isEqualTo("two");
  }

  @Test
  void keepsAChangeOfCommentsToItself() throws Exception {
    source.read();
    source.watch(taken::add);
    Files.writeString(file, "# a comment\n" + CONFIG.formatted("one"));
    source.reload(taken::add); // after the touched file was looked at or before: one reading only
    assertThat(bodyOf(next())).isEqualTo("one");
    Files.writeString(file, CONFIG.formatted("two"));
    assertThat(bodyOf(next())).isEqualTo("two");
  }

  @Test
  void readsAgainWhenAskedThoughNothingHasChanged() throws Exception {
    source.read();
    source.reload(taken::add);
    assertThat(bodyOf(next())).isEqualTo("one");
  }

  @Test
  void goesOnWatchingAfterATakerHasFailed() throws Exception {
    source.read();
    CountDownLatch failed = new CountDownLatch(1);
    source.reload(_ -> {
      failed.countDown();
      throw new IllegalStateException("a taker's own fault");
    });
    // Only a change that comes after that reading is one.
    assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
    source.watch(taken::add);
    Files.writeString(file, CONFIG.formatted("two"));
    assertThat(bodyOf(next())).isEqualTo("two");
  }

  @Test
  void watchesTheFilesOfADirectory() throws Exception {
    source.close();
    source = new FileSource(folder, new ConfigReader(Policies.KINDS, Secrets.of(Map.of())));
    source.read();
    source.watch(taken::add);
    Files.writeString(
        folder.resolve("more.yaml"),
        "routes: { more: { match: { path: /more }, auth: public, respond: {} } }");
    Reading reading = next();
    assertThat(((Reading.Accepted) reading).config().routes()).containsKeys("hello", "more");
  }
}
