package dev.headgate.cli;

import dev.headgate.Node;
import dev.headgate.cli.Terminal.Style;
import dev.headgate.cli.demo.Demo;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description = {
      "Starts a gateway in front of two small origins and prints URLs to try.",
      "The configuration that it names may be edited while it runs. Ctrl-C ends it."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int PORT = 8080;
  private static final int ADMIN_PORT = 9901;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The gateway's port; 0 for a free one. 8080, or a free one if that is taken.")
  private int port = -1;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description =
          "The admin endpoints' port; 0 for a free one. 9901, or a free one if that is taken.")
  private int adminPort = -1;

  DemoCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    int gateway = port >= 0 ? port : Demo.freeOr(PORT);
    int admin = adminPort >= 0 ? adminPort : Demo.freeOr(ADMIN_PORT);
    try (Demo demo = Demo.start(gateway, admin)) {
      return new NodeRunner(terminal, environment)
          .run(demo.configuration(), node -> introduce(node, demo));
    }
  }

  private void introduce(Node node, Demo demo) {
    String gateway = "http://" + NodeRunner.hostPort(node.addresses().values().iterator().next());
    String admin = "http://" + NodeRunner.hostPort(node.adminAddress().orElseThrow());
    say("Two origins run in this process, 'orders' and 'users', and a gateway in front of them:");
    say("");
    say("  gateway        " + bold(gateway));
    say("  admin          " + bold(admin));
    say("  configuration  " + demo.configuration() + "   edit it: a change serves as you save");
    say("  access log     " + demo.accessLog());
    say("");
    say("Try:");
    attempt("curl " + gateway + "/hello", "a fixed answer, without any origin");
    attempt("curl " + gateway + "/orders/7", "reaches 'orders' as /v1/orders/7");
    attempt("curl -i " + gateway + "/old/7", "a redirect to /orders/7");
    attempt("curl " + gateway + "/users/ada", "'users'");
    attempt("curl -H 'x-version: beta' " + gateway + "/users/ada", "a header chooses the route");
    attempt("curl " + gateway + "/canary/", "half of the requests to each origin");
    attempt("curl -i -X DELETE " + gateway + "/orders/7", "refused: 405, and why");
    attempt("curl -i " + gateway + "/orders/7%2f8", "refused: an encoded slash");
    attempt("curl -s " + admin + "/metrics | grep ^headgate_requests", "what was counted");
    say("");
  }

  private void attempt(String command, String what) {
    say("  %-68s %s".formatted(command, terminal.styled(Style.FAINT, "# " + what)));
  }

  private String bold(String text) {
    return terminal.styled(Style.BOLD, text);
  }

  private void say(String line) {
    terminal.out().println(line);
  }
}
