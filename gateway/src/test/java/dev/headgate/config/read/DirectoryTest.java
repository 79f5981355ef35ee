package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.Problem;
import dev.headgate.config.Problems;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories, and what a reader remembers from one reading to the next. */
class DirectoryTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final ConfigReader reader = new ConfigReader(Policies.KINDS, Secrets.of(environment));

  @BeforeEach
  void writeThreeFiles() throws IOException {
    write(
        "a.yaml",
        "listeners: { l: { address: 127.0.0.1:81 } }\nupstreams: { o: { endpoints: [http://a] } }\n");
    write("b.yml", "routes:\n  one: { auth: public, to: o, match: { path: /1 } }\n");
    write(
        "c.yaml",
        "routes:\n  two: { auth: public, to: o, match: { path: /2 } }\n  three.x: { auth: public, to: o }\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private Reading.Accepted accepted() {
    Reading reading = reader.read(folder);
    assertThat(reading).as(reading.problems().report()).isInstanceOf(Reading.Accepted.class);
    return (Reading.Accepted) reading;
  }

  private String report() {
    Reading reading = reader.read(folder);
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return reading.problems().report().replace(folder + "/", "");
  }

  @Test
  void mergesFilesByNameAndLeavesOthersAlone() throws IOException {
    write(".hidden.yaml", "nonsense");
    write("notes.txt", "nonsense");
    Files.createDirectory(folder.resolve("below.yaml"));

    assertThat(accepted().config().routes().keySet()).containsExactly("one", "two", "three.x");
  }

  @Test
  void reportsANameThatTwoFilesHave() throws IOException {
    write("d.yaml", "routes:\n  two: { auth: public, to: o }\n");

    assertThat(report())
        .isEqualTo(
            "d.yaml:2:3: error: routes.two: written in two files\n  hint: the other is at "
                + folder.resolve("c.yaml").toString().replace(folder + "/", "")
                + ":2:3");
  }

  @Test
  void reportsASectionThatTwoFilesHave() throws IOException {
    write("d.yaml", "admin: off\n");
    write("e.yaml", "admin: off\n");

    assertThat(report()).startsWith("e.yaml:1:8: error: admin: written in two files");
  }

  @Test
  void saysSoWhenThereIsNothingToRead() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThat(reader.read(empty).problems().report())
        .isEqualTo(empty + ":1:1: error: no .yaml or .yml file in this directory");
    assertThat(reader.read(folder.resolve("none.yaml")).problems().report())
        .endsWith("none.yaml:1:1: error: cannot be read: there is no such file");
  }

  @Test
  void keepsWhatHasNotChangedAsTheSameObjects() throws IOException {
    Config before = accepted().config();
    write("b.yml", "routes:\n  one: { auth: public, to: o, match: { path: /changed } }\n");
    write("c.yaml", "# moved\n" + Files.readString(folder.resolve("c.yaml")));

    Config after = accepted().config();

    assertThat(after.routes().get("one")).isNotEqualTo(before.routes().get("one"));
    assertThat(after.routes().get("two")).isSameAs(before.routes().get("two"));
    assertThat(after.upstreams().get("o")).isSameAs(before.upstreams().get("o"));
    assertThat(after.listeners().get("l")).isSameAs(before.listeners().get("l"));
  }

  @Test
  void remembersTheGoodOnesThroughARefusal() throws IOException {
    Config before = accepted().config();
    write("b.yml", "routes: [");
    assertThat(report()).startsWith("b.yml:");
    write("b.yml", "routes:\n  one: { auth: public, to: o, match: { path: /1 } }\n");

    assertThat(accepted().config().routes().get("one")).isSameAs(before.routes().get("one"));
  }

  @Test
  void readsASecretAgainWhenItsValueChanges() throws IOException {
    write("secret", "first\n");
    environment.put("NAME", "v1");
    write(
        "b.yml",
        "routes:\n  one: { auth: public, to: o, owner: '${file:secret} ${env:NAME}' }\n"
            + "  three: { auth: public, to: o, match: { path: /3 } }\n");
    write("c.yaml", "");

    assertThat(accepted().config().routes().toString()).contains("owner=first v1");
    write("secret", "second");
    assertThat(accepted().config().routes().toString()).contains("owner=second v1");
    environment.put("NAME", "v2");
    assertThat(accepted().config().routes().toString()).contains("owner=second v2");
  }

  @Test
  void knowsWhereEveryPathWasWritten() {
    Sources sources = accepted().sources();

    assertThat(sources.at("routes.two.match.path")).hasToString(folder + "/c.yaml:2:46");
    assertThat(sources.at("routes.two.match")).hasToString(folder + "/c.yaml:2:31");
    assertThat(sources.at("routes.two.to[0].upstream")).hasToString(folder + "/c.yaml:2:28");
    assertThat(sources.at("routes.three.x.match.path")).hasToString(folder + "/c.yaml:3:3");
    assertThat(sources.at("upstreams.o.endpoints[0].weight")).hasToString(folder + "/a.yaml:2:31");
    assertThat(sources.at("telemetry.metrics")).hasToString(folder + "/a.yaml:1:1");
    assertThat(sources.has("routes.three.x")).isTrue();
    assertThat(sources.has("routes.three")).isFalse();
    assertThat(sources.folder()).isEqualTo(folder);
  }

  @Test
  void masksSecretsInWhatLaterChecksSay() throws IOException {
    environment.put("NAME", "hunter22");
    write("b.yml", "routes:\n  one: { auth: public, to: o, owner: '${env:NAME}' }\n");
    write("c.yaml", "");
    Problems problems = new Problems(accepted().sources());

    problems.warning("routes.one.owner", "hunter22 is odd", "not hunter22");

    Problem problem = problems.sorted().getFirst();
    assertThat(problem.message()).isEqualTo("${env:NAME} is odd");
    assertThat(problem.hint()).isEqualTo("not ${env:NAME}");
    assertThat(problem.line()).isEqualTo(2);
  }
}
