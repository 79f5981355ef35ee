package dev.headgate.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "upstreams",
    description = {
      "Lists the endpoints of a running gateway's upstreams: how each stands, why, until when it is left"
          + " out, and how many requests it has.",
      "A gateway knows what it has seen by itself: with several gateways, ask each."
    },
    footer = {
      "",
      "Examples:",
      "  headgate upstreams                         the gateway that runs on this machine",
      "  headgate upstreams --upstream orders",
      "  headgate upstreams --admin 10.0.0.1:9901   another machine's, by its admin address"
    })
final class UpstreamsCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final AdminChoice choice = new AdminChoice();

  @Option(names = "--upstream", paramLabel = "NAME", description = "Only this upstream's.")
  private @Nullable String upstream;

  @Option(names = "--json", description = "As JSON: the gateway's page /upstreams.")
  private boolean json;

  UpstreamsCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    ListedUpstreams listed = choice.client(environment).upstreams();
    if (json) {
      terminal.out().println(listed.json());
    } else {
      print(terminal, listed, upstream);
    }
    return ExitCode.OK;
  }

  /**
   * Prints a table.
   *
   * @param only the upstream that is shown; null for all
   */
  static void print(Terminal terminal, ListedUpstreams listed, @Nullable String only) {
    List<ListedUpstreams.Upstream> shown =
        listed.upstreams().stream().filter(one -> only == null || one.name().equals(only)).toList();
    if (shown.isEmpty()) {
      terminal.out().println(only == null ? "no upstreams" : "no upstream '" + only + "'");
      return;
    }
    Table table = new Table("UPSTREAM", "ENDPOINT", "STATE", "UNTIL", "ACTIVE", "WHY");
    for (ListedUpstreams.Upstream one : shown) {
      one.endpoints().forEach(endpoint -> table.add(row(one.name(), endpoint)));
    }
    table.print(terminal);
    shown.stream()
        .filter(ListedUpstreams.Upstream::panic)
        .forEach(one ->
            terminal.out().println(one.name() + ": too few serve, so all endpoints are used"));
    shown.stream()
        .filter(one -> one.breaker() != null && !one.breaker().equals("closed"))
        .forEach(one ->
            terminal
                .out()
                .println(
                    one.name() + ": the circuit breaker is " + one.breaker().replace('_', ' ')));
    for (ListedUpstreams.Upstream one : shown) {
      if (one.further() != null) {
        further(terminal, one.name(), one.further());
      }
      requests(terminal, one);
    }
  }

  private static void further(Terminal terminal, String name, ListedUpstreams.Further further) {
    boolean none = further.retries().equals("0") && further.hedges().equals("0");
    if (!none || further.left().equals("0")) {
      terminal
          .out()
          .println(
              name
                  + ": "
                  + further.retries()
                  + " retries and "
                  + further.hedges()
                  + " hedges so far; the budget has room for "
                  + further.left());
    }
  }

  private static void requests(Terminal terminal, ListedUpstreams.Upstream one) {
    ListedUpstreams.Requests requests = one.requests();
    if (requests != null) {
      String wait = requests.queued().equals("0") ? "" : ", " + requests.queued() + " wait";
      terminal
          .out()
          .println(
              "%s: %s of %s requests at once%s"
                  .formatted(one.name(), requests.now(), requests.limit(), wait));
    }
  }

  private static List<String> row(String name, ListedUpstreams.Endpoint endpoint) {
    return List.of(
        name,
        endpoint.endpoint(),
        endpoint.state(),
        endpoint.until() == null ? "-" : endpoint.until(),
        endpoint.active(),
        why(endpoint));
  }

  private static String why(ListedUpstreams.Endpoint endpoint) {
    if (endpoint.why() == null) {
      return "";
    }
    boolean again = endpoint.ejections() != null && !endpoint.ejections().equals("1");
    return endpoint.why() + (again ? ", " + endpoint.ejections() + " times" : "");
  }
}
