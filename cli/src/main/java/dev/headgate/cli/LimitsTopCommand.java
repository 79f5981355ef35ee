package dev.headgate.cli;

import dev.headgate.cli.ListedLimit.Offender;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

@Command(
    name = "top",
    description = {
      "Lists who was over a running gateway's limits most often in the last one to two minutes, and what"
          + " each limit has said since the gateway's start.",
      "A gateway knows of its own requests only: with several gateways, ask each."
    },
    footer = {
      "",
      "Examples:",
      "  headgate limits top                     the gateway that runs on this machine",
      "  headgate limits top --limit burst -n 3",
      "  headgate limits top --admin 10.0.0.1:9901"
    })
final class LimitsTopCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final AdminChoice choice = new AdminChoice();

  @Option(names = "--limit", paramLabel = "NAME", description = "Only this limit.")
  private @Nullable String limit;

  @Option(
      names = "-n",
      paramLabel = "COUNT",
      defaultValue = "10",
      description = "How many for each limit; 10.")
  private int most;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  LimitsTopCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    List<ListedLimit> limits =
        choice.client(environment).limits().stream()
            .filter(listed -> limit == null || limit.equals(listed.name()))
            .toList();
    if (json) {
      printJson(limits);
    } else if (limits.isEmpty()) {
      terminal.out().println("no limit has been asked yet");
    } else {
      print(limits);
    }
    return ExitCode.OK;
  }

  private void print(List<ListedLimit> limits) {
    Table totals = new Table("LIMIT", "WITHIN", "DELAYED", "OVER");
    Table top = new Table("LIMIT", "OVER IN THE LAST MINUTES", "WHO");
    boolean somebody = false;
    for (ListedLimit listed : limits) {
      totals.add(
          List.of(
              listed.name(),
              Long.toString(listed.within()),
              Long.toString(listed.delayed()),
              Long.toString(listed.over())));
      for (Offender offender : listed.top().subList(0, Math.min(most, listed.top().size()))) {
        somebody = true;
        top.add(List.of(listed.name(), times(offender), offender.who()));
      }
    }
    totals.print(terminal);
    terminal.out().println();
    if (somebody) {
      top.print(terminal);
    } else {
      terminal.out().println("nobody was over a limit in the last minutes");
    }
  }

  private static String times(Offender offender) {
    return offender.over() == offender.atLeast()
        ? Long.toString(offender.over())
        : offender.atLeast() + " to " + offender.over();
  }

  private void printJson(List<ListedLimit> limits) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartArray();
      for (ListedLimit listed : limits) {
        out.writeStartObject();
        out.writeStringProperty("limit", listed.name());
        out.writeNumberProperty("within", listed.within());
        out.writeNumberProperty("delayed", listed.delayed());
        out.writeNumberProperty("over", listed.over());
        out.writeArrayPropertyStart("top");
        listed.top().stream().limit(most).forEach(offender -> write(out, offender));
        out.writeEndArray();
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    terminal.out().println(text);
  }

  private static void write(JsonGenerator out, Offender offender) {
    out.writeStartObject();
    out.writeStringProperty("who", offender.who());
    out.writeNumberProperty("over", offender.over());
    out.writeNumberProperty("atLeast", offender.atLeast());
    out.writeEndObject();
  }
}
