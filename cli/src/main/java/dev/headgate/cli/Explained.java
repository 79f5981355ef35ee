package dev.headgate.cli;

import dev.headgate.config.Place;
import dev.headgate.config.Route;
import dev.headgate.config.UpstreamHost;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.route.Explanation;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What would happen to a request, for people ({@link Narrator}) and for programs ({@link
 * ExplainedJson}) alike.
 *
 * @param listener the one that it comes in by; null where there is none
 * @param client who calls, as far as proxies are believed
 * @param path in its canonical form; null if it was refused before it had one
 * @param route the one that takes it; null if none does
 * @param others routes that came near, the nearest first
 * @param notes what policies said
 * @param missing what policies would have asked others for
 */
record Explained(
    AskedRequest request,
    @Nullable String listener,
    String client,
    @Nullable String path,
    @Nullable Taken route,
    List<Explanation.Considered> others,
    List<Note> notes,
    List<URI> missing,
    Outcome outcome) {

  /** The route that takes the request. */
  record Taken(String name, Place place, long bodyLimit, Route.Changes responseChanges) {}

  /** What a policy said about its decision. */
  record Note(Stage stage, String text) {}

  /** A field as the upstream gets it. */
  record Field(String name, String value) {}

  /**
   * An upstream that may be chosen, with its share.
   *
   * @param again after what the request is sent again
   * @param hedge after what time it is sent to a second endpoint as well; null for never
   */
  record Target(
      String upstream,
      int weight,
      List<URI> endpoints,
      UpstreamHost host,
      List<String> again,
      @Nullable String hedge) {}

  /** How it ends. */
  sealed interface Outcome {
    int exitCode();
  }

  /** The connection would be closed without an answer. */
  record Closed(String reason) implements Outcome {
    @Override
    public int exitCode() {
      return ExitCode.PROBLEMS;
    }
  }

  record Refused(Failure failure) implements Outcome {
    @Override
    public int exitCode() {
      return ExitCode.PROBLEMS;
    }
  }

  /**
   * The gateway answers by itself.
   *
   * @param location where a redirect leads; null for other answers
   */
  record Answered(int status, int bodyBytes, @Nullable String location) implements Outcome {
    @Override
    public int exitCode() {
      return ExitCode.OK;
    }
  }

  /**
   * @param mirror where copies go; null where none do
   */
  record Forwarded(
      String method,
      String target,
      List<Field> fields,
      List<Target> targets,
      Route.@Nullable Mirror mirror)
      implements Outcome {
    @Override
    public int exitCode() {
      return ExitCode.OK;
    }
  }
}
