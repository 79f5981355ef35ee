package dev.headgate.cli;

import dev.headgate.config.Nearest;
import dev.headgate.config.Place;
import dev.headgate.config.Route;
import dev.headgate.config.Shown;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.config.read.WrittenValue;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "switch",
    description = {
      "Sends all requests of a route to another of its sides, and says what came of it.",
      "Changes the one word at 'split: { active: … }' in the file, and nothing else: the file is"
          + " checked first and replaced as a whole. A gateway on this machine that serves it takes"
          + " it up by itself; no request is lost. If it refuses, the file is put back."
    },
    footer = {
      "",
      "Examples:",
      "  headgate switch orders green                  in headgate.yaml",
      "  headgate switch orders blue /etc/headgate     and back, in a directory of files",
      "",
      "Exit codes: 0 switched, 1 refused or no answer, 2 no such route or side."
    })
final class SwitchCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Parameters(index = "0", paramLabel = "ROUTE", description = "The route.")
  private String route;

  @Parameters(
      index = "1",
      paramLabel = "SIDE",
      description = "One of its sides: an upstream, or the 'side' that is written beside it.")
  private String side;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "headgate.yaml",
      description = "The configuration: a file, or a directory (${DEFAULT-VALUE}).")
  private Path file;

  @Spec private CommandSpec spec;

  /** A gateway that serves the file, and how many reloads it had before. */
  private record Serving(RunningNode node, AdminClient admin, long reloads) {}

  SwitchCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    return switch (Checked.of(reader().read(file))) {
      case Checked.Bad bad -> refused(bad, "not switched: the file has problems already");
      case Checked.Good good -> change(good);
    };
  }

  private ConfigReader reader() {
    return new ConfigReader(Policies.KINDS, Secrets.of(environment));
  }

  private int refused(Checked bad, String summary) {
    new ProblemReport(terminal, terminal.err()).print(bad.problems());
    terminal.err().println(summary);
    return ExitCode.PROBLEMS;
  }

  private int change(Checked.Good good) throws IOException {
    String was = active(good.snapshot().config().routes());
    Place place = good.places().at("routes." + route + ".split.active");
    if (was.equals(side)) {
      terminal.out().println(route + " is at " + side + " already: " + place);
      return ExitCode.OK;
    }
    ReplacedFile written = ReplacedFile.of(Path.of(place.file()));
    Optional<byte[]> content = WrittenValue.replaced(written.before(), place, was, side);
    if (content.isEmpty()) {
      terminal
          .err()
          .println(
              place + ": " + Shown.quoted(was) + " is not written here as such; edit it by hand");
      return ExitCode.PROBLEMS;
    }
    Reading changed = reader().read(file, Map.of(place.file(), content.get()));
    if (Checked.of(changed) instanceof Checked.Bad bad) {
      return refused(bad, "not switched: nothing was written");
    }
    List<Serving> serving = serving();
    written.write(content.get());
    terminal.out().println(route + ": " + was + " -> " + side + " in " + place);
    return outcome(serving, written, content.get());
  }

  /** The side that is active now. */
  private String active(Map<String, Route> routes) {
    Route found = routes.get(route);
    if (found == null) {
      throw wrong("there is no route " + Shown.quoted(route), Nearest.hint(route, routes.keySet()));
    }
    Route.Split split = found.split();
    String active = split == null ? null : split.active();
    if (active == null) {
      throw wrong(
          "the route " + Shown.quoted(route) + " has no active side",
          "it needs 'split: { active: SIDE }'");
    }
    List<String> sides = found.to().stream().map(Route.Target::sideName).toList();
    if (!sides.contains(side)) {
      throw wrong(
          "the route " + Shown.quoted(route) + " has no side " + Shown.quoted(side),
          "its sides are " + String.join(", ", sides));
    }
    return active;
  }

  private ParameterException wrong(String message, String hint) {
    return new ParameterException(
        spec.commandLine(), hint.isEmpty() ? message : message + "; " + hint);
  }

  /** Those that will say what came of it; who cannot is told of. */
  private List<Serving> serving() throws IOException {
    List<Serving> serving = new ArrayList<>();
    Path wanted = file.toAbsolutePath().normalize();
    for (RunningNode node : RunningNode.all(RunningNode.folder(environment))) {
      Optional<AdminClient> admin = AdminClient.of(node.admin());
      if (!node.configuration().equals(wanted)) {
        continue;
      }
      if (admin.isPresent()) {
        serving.add(new Serving(node, admin.get(), admin.get().lastReload().count()));
      } else {
        terminal
            .out()
            .println(
                "process "
                    + node.pid()
                    + " takes it up, but without admin endpoints it cannot say so");
      }
    }
    return serving;
  }

  private int outcome(List<Serving> serving, ReplacedFile written, byte[] content)
      throws IOException {
    if (serving.isEmpty()) {
      terminal.out().println("no gateway of this user that serves it here says what came of it");
    }
    for (Serving one : serving) {
      AdminClient.Reload reload = one.admin().awaitReloadAfter(one.reloads(), PATIENCE);
      if (!reload.applied()) {
        reload.problems().forEach(terminal.out()::println);
        written.restore(content);
        terminal
            .err()
            .println("refused by process " + one.node().pid() + ": the file is as it was");
        return ExitCode.PROBLEMS;
      }
      terminal.out().println("applied by process " + one.node().pid());
    }
    return ExitCode.OK;
  }
}
