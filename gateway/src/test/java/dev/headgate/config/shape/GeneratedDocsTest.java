package dev.headgate.config.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages made from the records say what the records say. */
class GeneratedDocsTest {
  private static final Path REFERENCE = Path.of("../docs/reference");

  @Test
  void theReferencePageIsUpToDate() throws IOException {
    assertThat(Files.readString(REFERENCE.resolve("configuration.md")))
        .as("make it again: ./headgate docs > docs/reference/configuration.md")
        .isEqualTo(ReferenceDocs.markdown(Policies.KINDS));
  }

  @Test
  void theSchemaIsUpToDate() throws IOException {
    assertThat(Files.readString(REFERENCE.resolve("headgate.schema.json")))
        .as("make it again: ./headgate schema > docs/reference/headgate.schema.json")
        .isEqualTo(JsonSchema.json(Policies.KINDS));
  }

  @Test
  void everyKeyIsDescribed() {
    everyKeyIsDescribed(new Shape.Nested(Policies.KINDS.config()), "");
  }

  private static void everyKeyIsDescribed(Shape shape, String path) {
    switch (shape) {
      case Shape.Value _, Shape.Choice _, Shape.OneOf _ -> {}
      case Shape.ListOf list -> everyKeyIsDescribed(list.item(), path + "[]");
      case Shape.MapOf map -> everyKeyIsDescribed(map.item(), path + ".NAME");
      case Shape.Nested(Struct struct) -> {
        assertThat(struct.doc()).as(path).isNotEmpty();
        for (Field field : struct.keys()) {
          assertThat(field.doc()).as(path + "." + field.name()).endsWith(".");
          everyKeyIsDescribed(field.shape(), path + "." + field.name());
        }
      }
    }
  }
}
