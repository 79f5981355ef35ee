package dev.headgate.cli;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which gateway is asked, here or on another machine: a {@link Mixin}. */
final class AdminChoice {
  @Mixin private final NodeChoice choice = new NodeChoice();

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "The admin address of the gateway to ask.")
  private @Nullable String admin;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** For the admin endpoints of the one that is meant. */
  AdminClient client(Map<String, String> environment) throws IOException {
    String address = admin == null ? choice.chosen(environment).admin() : admin;
    try {
      return AdminClient.of(address)
          .orElseThrow(() -> new IOException("this gateway has no admin endpoints to ask"));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "'" + admin + "' is no host and port, as in 10.0.0.1:9901", e);
    }
  }
}
