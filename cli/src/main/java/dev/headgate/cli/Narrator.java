package dev.headgate.cli;

import dev.headgate.cli.Terminal.Style;
import dev.headgate.config.Route;
import dev.headgate.config.UpstreamHost;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import java.util.stream.Collectors;

/** Tells people what happens to one request, stage by stage. */
record Narrator(Terminal terminal) {
  private static final int INDENT = 14;

  void tell(Explained explained) {
    AskedRequest request = explained.request();
    terminal
        .out()
        .println(request.method() + " " + request.target() + " for " + request.authority());
    accept(explained);
    if (explained.path() != null) {
      stage(Stage.READ, "path " + explained.path());
    }
    Explained.Taken route = explained.route();
    if (route != null) {
      String place = terminal.styled(Style.FAINT, "  " + route.place());
      stage(Stage.ROUTE, terminal.styled(Style.BOLD, route.name()) + place);
      lost(explained);
      stage(Stage.ADMIT, "a body of up to " + route.bodyLimit() + " bytes");
    }
    explained.notes().stream()
        .filter(note -> note.stage() != Stage.ACCEPT)
        .forEach(note -> stage(note.stage(), note.text()));
    explained
        .missing()
        .forEach(url ->
            more("this needs what " + url + " answers; give it with --fact " + url + "=FILE"));
    outcome(explained.outcome());
    if (route == null) {
      lost(explained);
    } else if (explained.outcome() instanceof Explained.Answered
        || explained.outcome() instanceof Explained.Forwarded) {
      response(route.responseChanges());
    }
  }

  private void accept(Explained explained) {
    String peer = explained.request().client().getHostAddress();
    String by = explained.listener() == null ? "" : " on " + explained.listener();
    stage(
        Stage.ACCEPT,
        peer.equals(explained.client())
            ? "from " + peer + by
            : "from " + explained.client() + ", as the proxy " + peer + " says," + by);
    explained.notes().stream()
        .filter(note -> note.stage() == Stage.ACCEPT)
        .forEach(note -> more(note.text()));
  }

  private void lost(Explained explained) {
    explained
        .others()
        .forEach(other ->
            more(
                terminal.styled(Style.FAINT, "not " + other.route() + ": " + other.loss().text())));
  }

  private void outcome(Explained.Outcome outcome) {
    switch (outcome) {
      case Explained.Closed closed ->
          stage(Stage.ACCEPT, terminal.styled(Style.RED, "closed: " + closed.reason()));
      case Explained.Refused(Failure failure) -> {
        stage(
            failure.stage(),
            terminal.styled(Style.RED, "refused: " + failure.status() + " " + failure.reason()));
        more(failure.detail());
      }
      case Explained.Answered answered ->
          stage(
              Stage.RESPOND,
              answered.location() == null
                  ? answered.status() + " with a body of " + answered.bodyBytes() + " bytes"
                  : answered.status() + ", location: " + answered.location());
      case Explained.Forwarded forwarded -> forwarded(forwarded);
    }
  }

  private void forwarded(Explained.Forwarded forwarded) {
    stage(Stage.TRANSFORM, "the upstream gets " + forwarded.method() + " " + forwarded.target());
    forwarded
        .fields()
        .forEach(field -> more(terminal.styled(Style.FAINT, field.name() + ": " + field.value())));
    boolean one = forwarded.targets().size() == 1;
    int weights = forwarded.targets().stream().mapToInt(Explained.Target::weight).sum();
    stage(
        Stage.FORWARD,
        "to upstream "
            + forwarded.targets().stream()
                .map(target -> one ? target.upstream() : target.upstream() + share(target, weights))
                .collect(Collectors.joining(" or ")));
    forwarded
        .targets()
        .forEach(target ->
            target
                .endpoints()
                .forEach(url ->
                    more(
                        terminal.styled(
                            Style.FAINT,
                            target.upstream() + " at " + url + asked(target.host())))));
    forwarded.targets().forEach(this::furtherAttempts);
    Route.Mirror mirror = forwarded.mirror();
    if (mirror != null) {
      more("and a copy to upstream " + mirror.to() + ", of " + mirror.share() + " of the requests");
    }
  }

  private void furtherAttempts(Explained.Target target) {
    if (!target.again().isEmpty()) {
      more(target.upstream() + " is asked again after " + String.join(", ", target.again()));
    }
    if (target.hedge() != null) {
      more(target.upstream() + " is asked a second time, elsewhere, if late by " + target.hedge());
    }
  }

  private static String share(Explained.Target target, int weights) {
    double percent = Math.round(1000.0 * target.weight() / weights) / 10.0;
    String share = String.valueOf(percent);
    return " (weight "
        + target.weight()
        + ", "
        + (share.endsWith(".0") ? share.substring(0, share.length() - 2) : share)
        + "%)";
  }

  private static String asked(UpstreamHost host) {
    return switch (host) {
      case UpstreamHost.Preserve _ -> "";
      case UpstreamHost.Endpoint _ -> ", asked for that host";
      case UpstreamHost.Literal literal -> ", asked for the host " + literal.text();
    };
  }

  private void response(Route.Changes changes) {
    changes.remove().forEach(name -> more("removes " + name));
    changes.set().forEach((name, value) -> more("sets " + name + ": " + value));
    changes.add().forEach((name, value) -> more("adds " + name + ": " + value));
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
