package dev.headgate.cli;

import dev.headgate.cli.ListedKeys.Key;
import dev.headgate.cli.ListedKeys.Verdict;
import dev.headgate.config.shape.DurationText;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

@Command(
    name = "list",
    description = {
      "Lists the API keys that a running gateway takes, when each was last used, and which are safe to"
          + " revoke: those that were quiet for long enough while another key of the same consumer was"
          + " in use.",
      "A gateway notes uses in its memory, from its start on, and knows of its own only: with several"
          + " gateways, ask each."
    },
    footer = {
      "",
      "Examples:",
      "  headgate keys list                          the gateway that runs on this machine",
      "  headgate keys list --consumer acme --quiet 30d",
      "  headgate keys list --admin 10.0.0.1:9901    another machine's, by its admin address"
    })
final class KeysListCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final AdminChoice choice = new AdminChoice();

  @Option(names = "--consumer", paramLabel = "NAME", description = "Only this consumer's keys.")
  private @Nullable String consumer;

  @Option(
      names = "--quiet",
      paramLabel = "TIME",
      defaultValue = "7d",
      description = "How long a key must not have been used to be safe to revoke; 7d.")
  private String quiet;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  KeysListCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    Duration enough = enough();
    ListedKeys keys = choice.client(environment).keys(consumer);
    List<Verdict> verdicts = keys.verdicts(enough);
    if (json) {
      printJson(keys, verdicts);
    } else {
      print(keys, verdicts);
    }
    return ExitCode.OK;
  }

  private Duration enough() {
    try {
      return DurationText.parse(quiet);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "'" + quiet + "' is no time, as in 7d or 12h", e);
    }
  }

  private void print(ListedKeys keys, List<Verdict> verdicts) {
    if (keys.keys().isEmpty()) {
      terminal.out().println("no keys");
      return;
    }
    Table table = new Table("CONSUMER", "KEY", "STATE", "LAST USED", "VERDICT");
    for (int i = 0; i < verdicts.size(); i++) {
      Key key = keys.keys().get(i);
      table.add(
          List.of(
              key.consumer(),
              key.id(),
              state(key),
              lastUsed(keys, key),
              verdicts.get(i).toString()));
    }
    table.print(terminal);
    terminal.out().println();
    terminal.out().println("uses have been noted on this node since " + keys.since());
  }

  private static String state(Key key) {
    if (key.state().equals("not yet")) {
      return "from " + key.notBefore();
    }
    return key.state().equals("valid") && key.expires() != null
        ? "until " + key.expires()
        : key.state();
  }

  private static String lastUsed(ListedKeys keys, Key key) {
    String ago = ago(keys.quiet(key));
    return key.lastUsed() == null ? "not in the last " + ago : ago + " ago";
  }

  /** In the largest unit of which there is at least one. */
  private static String ago(Duration time) {
    if (time.toDays() > 0) {
      return time.toDays() + "d";
    }
    if (time.toHours() > 0) {
      return time.toHours() + "h";
    }
    return time.toMinutes() > 0 ? time.toMinutes() + "m" : Math.max(0, time.toSeconds()) + "s";
  }

  private void printJson(ListedKeys keys, List<Verdict> verdicts) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      write(out, "since", keys.since() == null ? null : keys.since().toString());
      out.writeArrayPropertyStart("keys");
      for (int i = 0; i < verdicts.size(); i++) {
        Key key = keys.keys().get(i);
        out.writeStartObject();
        write(out, "consumer", key.consumer());
        write(out, "id", key.id());
        write(out, "from", key.from());
        write(out, "state", key.state());
        write(out, "notBefore", key.notBefore());
        write(out, "expires", key.expires());
        write(out, "lastUsed", key.lastUsed());
        write(out, "verdict", verdicts.get(i).toString());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    terminal.out().println(text);
  }

  private static void write(JsonGenerator out, String name, @Nullable String value) {
    if (value != null) {
      out.writeStringProperty(name, value);
    }
  }
}
