package dev.headgate.cli;

import dev.headgate.Node;
import dev.headgate.cli.demo.Demo;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.ledger.LedgerStore;
import dev.headgate.ledger.LedgerWriter;
import dev.headgate.plan.Meters;
import dev.headgate.policy.Policies;
import dev.headgate.source.FileSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/**
 * Does in a few seconds what commands usually do, so that Java can record which classes they need.
 * The launcher runs it when it makes the start-up cache.
 */
@Command(name = "train", hidden = true)
final class TrainCommand implements Callable<Integer> {
  private static final int ROUNDS = 40;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> PATHS =
      List.of(
          "/hello", "/orders/7", "/users/ada", "/canary/", "/old/7", "/nothing", "/orders/7%2f8");
  private static final List<String> PAGES =
      List.of("/livez", "/readyz", "/metrics", "/config", "/routes", "/version");

  private final Terminal terminal;
  private final Map<String, String> environment;

  TrainCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    NettyLog.install();
    try (Demo demo = Demo.start(0, 0);
        FileSource source =
            new FileSource(
                demo.configuration(), new ConfigReader(Policies.KINDS, Secrets.of(environment)))) {
      commands(demo);
      ledger();
      return switch (Node.start(source, Build.current().version(), Clock.systemUTC())) {
        case Node.Started.Refused refused -> {
          terminal.err().println(refused.problems());
          yield ExitCode.PROBLEMS;
        }
        case Node.Started.Serving serving -> {
          try (Node node = serving.node()) {
            new NodeRunner(terminal, environment).printAddresses(node);
            requests(node);
          }
          yield ExitCode.OK;
        }
      };
    }
  }

  /** The driver of a ledger's database is half of what a start with one takes. */
  private static void ledger() throws IOException {
    Path folder = Files.createTempDirectory("headgate-train");
    try {
      LedgerWriter writer =
          new LedgerWriter(
                  new LedgerStore.File(folder.resolve("ledger.db")),
                  new Meters(),
                  Clock.systemUTC(),
                  PATIENCE)
              .start();
      writer.awaitFirst(PATIENCE);
      writer.close();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void commands(Demo demo) {
    Terminal silent =
        new Terminal(
            new PrintWriter(PrintWriter.nullWriter()),
            new PrintWriter(PrintWriter.nullWriter()),
            false);
    String file = demo.configuration().toString();
    for (List<String> words :
        List.of(
            List.of("check", file),
            List.of("routes", file),
            List.of("explain", file, "GET", "http://localhost/orders/7"),
            List.of("help"),
            List.of("version"))) {
      Headgate.execute(silent, environment, words.toArray(String[]::new));
    }
  }

  private static void requests(Node node) throws IOException {
    String gateway = "http://" + NodeRunner.hostPort(node.addresses().values().iterator().next());
    String admin = "http://" + NodeRunner.hostPort(node.adminAddress().orElseThrow());
    for (int round = 0; round < ROUNDS; round++) {
      for (String path : PATHS) {
        get(gateway + path);
      }
    }
    for (String page : PAGES) {
      get(admin + page);
    }
  }

  private static void get(String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    boolean failed = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
    try (var body = failed ? connection.getErrorStream() : connection.getInputStream()) {
      if (body != null) {
        body.readAllBytes();
      }
    }
  }
}
