package dev.headgate.cli;

import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "routes",
    description = "Lists the routes of a configuration: what each takes and where it goes.")
final class RoutesCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final ConfigArgument argument = new ConfigArgument();

  RoutesCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    return switch (Checked.of(
        new ConfigReader(Policies.KINDS, Secrets.of(environment)).read(argument.file()))) {
      case Checked.Bad(Problems problems) -> {
        new ProblemReport(terminal, terminal.err()).print(problems);
        yield ExitCode.PROBLEMS;
      }
      case Checked.Good good -> {
        print(good.snapshot().config().routes());
        yield ExitCode.OK;
      }
    };
  }

  private void print(Map<String, Route> routes) {
    Table table = new Table("ROUTE", "HOST", "METHODS", "PATH", "AUTH", "GOES TO");
    routes.forEach((name, route) -> table.add(row(name, route)));
    table.print(terminal);
  }

  private static List<String> row(String name, Route route) {
    Route.Match match = route.match();
    String more =
        match.headers().isEmpty() && match.query().isEmpty() ? "" : " +" + predicates(match);
    return List.of(
        name,
        orAny(match.host()),
        orAny(match.methods()),
        match.path() + more,
        route.auth().isEmpty() ? "-" : String.join(", ", route.auth()),
        goal(route));
  }

  private static String predicates(Route.Match match) {
    List<String> names = new ArrayList<>(match.headers().keySet());
    match.query().keySet().forEach(name -> names.add("?" + name));
    return String.join(",", names);
  }

  private static String orAny(List<String> values) {
    return values.isEmpty() ? "*" : String.join(",", values);
  }

  private static String goal(Route route) {
    if (route.redirect() != null) {
      return "redirect %d %s".formatted(route.redirect().status(), route.redirect().to());
    }
    if (route.respond() != null) {
      return "respond " + route.respond().status();
    }
    return route.to().stream()
        .map(target ->
            route.to().size() == 1 ? target.upstream() : target.upstream() + " " + target.weight())
        .collect(Collectors.joining(", "));
  }
}
