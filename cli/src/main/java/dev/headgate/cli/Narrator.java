package dev.headgate.cli;

import dev.headgate.cli.Terminal.Style;
import dev.headgate.config.Places;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Stage;
import dev.headgate.flow.Decisions;
import dev.headgate.http.BadMessage;
import dev.headgate.http.Headers;
import dev.headgate.route.Explanation;
import dev.headgate.route.RouteRequest;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;
import dev.headgate.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Tells what happens to one request, stage by stage. */
record Narrator(Terminal terminal, Snapshot snapshot, Places places, OfflineLoop loop) {
  private static final int INDENT = 14;
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie", "x-api-key");

  /** Tells it, and returns the exit code. */
  int tell(AskedRequest request) {
    terminal
        .out()
        .println(request.method() + " " + request.target() + " for " + request.authority());
    Exchange exchange;
    try {
      exchange = request.exchange();
    } catch (BadMessage e) {
      return refused(Failure.client(Stage.READ, e.status(), e.reason(), e.detail()));
    }
    List<Note> notes = new ArrayList<>();
    exchange.explainTo((stage, text) -> notes.add(new Note(stage, text)));
    Decisions decisions = new Decisions(snapshot, exchange, new LoopPolicies(loop));
    Decision decision = decided(decisions);
    Failure failure = decision instanceof Decision.Fail(Failure why) ? why : null;
    if (failure != null && failure.stage() == Stage.READ) {
      return refused(failure);
    }
    stage(Stage.READ, "path " + exchange.path());
    List<Explanation.Considered> others = considered(exchange, request.headers());
    if (failure != null && failure.stage() == Stage.ROUTE) {
      refused(failure);
      others.forEach(this::lost);
      return ExitCode.PROBLEMS;
    }
    String name = String.valueOf(exchange.route());
    String place = terminal.styled(Style.FAINT, "  " + places.at("routes." + name));
    stage(Stage.ROUTE, terminal.styled(Style.BOLD, name) + place);
    others.forEach(this::lost);
    CompiledRoute route = decisions.route();
    stage(Stage.ADMIT, "a body of up to " + route.bodyLimit() + " bytes");
    notes.forEach(this::note);
    loop.unanswered()
        .forEach(url ->
            more("this needs what " + url + " answers; give it with --fact " + url + "=FILE"));
    if (failure != null) {
      return refused(failure);
    }
    if (decision instanceof Decision.Respond own) {
      stage(Stage.RESPOND, own.status() + " with a body of " + own.body().length + " bytes");
      return ExitCode.OK;
    }
    action(route, exchange, decisions);
    response(route);
    return ExitCode.OK;
  }

  /** What a policy said about its decision. */
  private record Note(Stage stage, String text) {}

  private void note(Note note) {
    stage(note.stage(), note.text());
  }

  /** Runs the stages; what policies wait for is there at once or never. */
  private Decision decided(Decisions decisions) {
    Decision decision = decisions.decide();
    while (decision instanceof Decision.Await await) {
      Decision[] made = {Decision.fail(decisions.overdue())};
      await.then(later -> made[0] = later);
      loop.run();
      decision = decisions.resume(made[0]);
    }
    return decision;
  }

  private List<Explanation.Considered> considered(Exchange exchange, Headers headers) {
    RouteRequest asked =
        new RouteRequest(
            exchange.host(), exchange.path(), exchange.method(), headers, exchange.query());
    return snapshot.router().explain(asked).considered();
  }

  private void lost(Explanation.Considered considered) {
    more(
        terminal.styled(
            Style.FAINT, "not " + considered.route() + ": " + considered.loss().text()));
  }

  private void action(CompiledRoute route, Exchange exchange, Decisions decisions) {
    switch (route.action()) {
      case Action.Forward forward -> {
        stage(
            Stage.TRANSFORM,
            "the upstream gets " + exchange.method() + " " + decisions.upstreamTarget());
        exchange
            .requestHeaders()
            .forEach((name, value) ->
                more(terminal.styled(Style.FAINT, name + ": " + shown(name, value))));
        List<String> targets = new ArrayList<>();
        route
            .config()
            .to()
            .forEach(
                target -> targets.add(target.upstream() + " (weight " + target.weight() + ")"));
        stage(
            Stage.FORWARD,
            "to upstream "
                + (targets.size() == 1
                    ? forward.targets().getFirst().name()
                    : String.join(" or ", targets)));
        forward
            .targets()
            .forEach(target ->
                target
                    .config()
                    .endpoints()
                    .forEach(endpoint ->
                        more(
                            terminal.styled(
                                Style.FAINT, target.name() + " at " + endpoint.url()))));
      }
      case Action.Redirect redirect ->
          stage(Stage.RESPOND, redirect.status() + ", location: " + decisions.location(redirect));
      case Action.Respond respond ->
          stage(
              Stage.RESPOND,
              respond.status() + " with a fixed body of " + respond.body().length + " bytes");
    }
  }

  /** Credentials are not shown, not even to whoever typed them. */
  private static String shown(String name, String value) {
    return CREDENTIALS.contains(name.toLowerCase(Locale.ROOT)) ? "***" : value;
  }

  private void response(CompiledRoute route) {
    var changes = route.config().headers().response();
    changes.remove().forEach(name -> more("removes " + name));
    changes.set().forEach((name, value) -> more("sets " + name + ": " + value));
    changes.add().forEach((name, value) -> more("adds " + name + ": " + value));
  }

  private int refused(Failure failure) {
    stage(
        failure.stage(),
        terminal.styled(Style.RED, "refused: " + failure.status() + " " + failure.reason()));
    more(failure.detail());
    return ExitCode.PROBLEMS;
  }

  private void stage(Stage stage, String text) {
    String word = stage.word();
    terminal
        .out()
        .println(terminal.styled(Style.CYAN, word) + " ".repeat(INDENT - word.length()) + text);
  }

  private void more(String text) {
    terminal.out().println(" ".repeat(INDENT) + text);
  }
}
