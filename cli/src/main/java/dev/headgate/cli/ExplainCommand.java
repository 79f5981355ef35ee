package dev.headgate.cli;

import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Callouts;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    description = {
      "Says what would happen to a request, stage by stage, without a socket.",
      "Which routes were considered and why each lost, what the winner does, what the upstream"
          + " would get. The stages run the same code as live traffic."
    },
    footer = {
      "",
      "Examples:",
      "  headgate explain headgate.yaml GET https://api.example.com/orders/7",
      "  headgate explain headgate.yaml POST http://localhost/orders -H 'content-length: 20000000'",
      "  headgate explain headgate.yaml POST http://localhost/orders -H 'content-type: application/json' --data order.json",
      "  headgate explain headgate.yaml GET http://localhost/ --client 203.0.113.7 --json",
      "",
      "Exit codes: 0 it would be answered or forwarded, 1 it would be refused."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final String LENGTH = "content-length:";

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Parameters(index = "0", paramLabel = "FILE", description = "The configuration.")
  private Path file;

  @Parameters(index = "1", paramLabel = "METHOD", description = "Such as GET.")
  private String method;

  @Parameters(
      index = "2",
      paramLabel = "URL",
      description = "Scheme, host and path. Taken byte for byte: nothing is encoded or normalised.")
  private String url;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "A header field; may be given several times.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Where the connection comes from (${DEFAULT-VALUE}). If that is one of the listener's trusted proxies,"
              + " Forwarded and X-Forwarded-For say who calls.")
  private String client;

  @Option(
      names = "--listener",
      paramLabel = "NAME",
      description =
          "The listener that it comes in by; the first that speaks the URL's scheme if there is none given.")
  private @Nullable String listener;

  @Option(
      names = "--json",
      description = "One line of JSON in a form that stays, for programs: see docs/explain.md.")
  private boolean json;

  @Option(
      names = "--fact",
      paramLabel = "URL=FILE",
      description =
          "What asking this URL would bring, such as an identity provider's keys: a body, or a whole answer as"
              + " 'curl -i' writes it. May be given several times. Nothing is asked of the network.")
  private Map<URI, Path> facts = new LinkedHashMap<>();

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "The request's body, byte for byte; its Content-Length is added. Without it there is none, so that policies"
              + " which look into bodies say only what the head tells.")
  private @Nullable Path data;

  @Option(
      names = "--client-cert",
      paramLabel = "FILE",
      description =
          "The certificate that the client shows in the handshake, PEM, with its intermediates. It is verified"
              + " against the listener's authorities; the key is not needed.")
  private @Nullable Path clientCertificate;

  @Spec private CommandSpec spec;

  ExplainCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    AskedRequest request;
    byte[] body = body();
    try {
      request = AskedRequest.of(method, url, withLength(body), client);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return switch (Checked.of(
        new ConfigReader(Policies.KINDS, Secrets.of(environment)).read(file))) {
      case Checked.Bad(Problems problems) -> {
        new ProblemReport(terminal, terminal.err()).print(problems);
        yield ExitCode.PROBLEMS;
      }
      case Checked.Good good -> tell(explained(request, good, body));
    };
  }

  private byte @Nullable [] body() {
    try {
      return data == null ? null : Files.readAllBytes(data);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "cannot read " + data, e);
    }
  }

  private List<String> withLength(byte @Nullable [] body) {
    boolean said =
        headers.stream()
            .anyMatch(field -> field.regionMatches(true, 0, LENGTH, 0, LENGTH.length()));
    if (body == null || said) {
      return headers;
    }
    List<String> with = new ArrayList<>(headers);
    with.add(LENGTH + " " + body.length);
    return with;
  }

  private Explained explained(AskedRequest request, Checked.Good good, byte @Nullable [] body) {
    try {
      List<X509Certificate> shown =
          clientCertificate == null ? List.of() : ShownCertificate.read(clientCertificate);
      return new Explaining(request, good.snapshot(), good.places(), loop(), listener, body)
          .explained(shown);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int tell(Explained explained) {
    if (json) {
      terminal.out().println(ExplainedJson.of(explained));
    } else {
      new Narrator(terminal).tell(explained);
    }
    return explained.outcome().exitCode();
  }

  private OfflineLoop loop() {
    Map<URI, Callouts.Answer.Answered> answers = new HashMap<>();
    facts.forEach((url, path) -> {
      try {
        answers.put(url, Fact.answer(Files.readAllBytes(path)));
      } catch (IOException e) {
        throw new ParameterException(spec.commandLine(), "cannot read " + path, e);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), path + ": " + e.getMessage(), e);
      }
    });
    return new OfflineLoop(Clock.systemUTC(), answers);
  }
}
