package dev.headgate.config.shape;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The reference of the configuration in Markdown: a section for each record, a line for each key.
 */
public final class ReferenceDocs {
  private static final String INTRODUCTION =
      """
      # Configuration

      This page is made from the code: `headgate docs` prints it, `headgate schema` prints the same as a JSON Schema
      for your editor ([headgate.schema.json](headgate.schema.json)). To have it used, begin a file with
      `# yaml-language-server: $schema=headgate.schema.json`.

      A configuration is one YAML file, or a directory whose `*.yaml` and `*.yml` files are merged: `listeners`,
      `upstreams`, `policies`, `routes` and `consumers` may be spread over files, every other section stands in one of them. An unknown key, a key
      written twice, an anchor, an alias and a tag are errors. `headgate check` reports every problem at once.

      | value | how it is written |
      | --- | --- |
      | duration | whole numbers and units, the largest first: `500ms`, `2s`, `1m30s`, `1h`, `1d` |
      | size | a whole number and a unit: `512B`, `32KiB`, `10MiB`, `1GiB`, or `KB`, `MB`, `GB` by thousands |
      | address | `host:port`; IPv6 in brackets and quotes: `"[::1]:8080"` |
      | network | `10.0.0.0/8`, `2001:db8::/32`, or a single address |
      | name | lower-case letters, digits, `-`, `_` and `.`, a letter or digit first |
      | reference | in any text, `${env:NAME}` and `${file:PATH}` stand for a value from outside; it is never shown. `$${` is `${` itself |

      Paths of files are relative to the configuration's directory. Inside `{ }` and `[ ]`, a text with braces needs quotes:
      `{ path: "/orders/{id}" }`; a text that begins with `*` always does: `"*.example.com"`.
      """;

  private final StringBuilder out = new StringBuilder(INTRODUCTION);
  private final Map<Class<?>, String> titles = new HashMap<>();
  private final Deque<Struct> pending = new ArrayDeque<>();

  private ReferenceDocs() {}

  /** The whole page, ending in a line break. */
  public static String markdown(Kinds kinds) {
    ReferenceDocs docs = new ReferenceDocs();
    Struct config = kinds.config();
    docs.titles.put(config.type(), "Top level");
    docs.section(config, "");
    return docs.out.toString();
  }

  /** The sections of one top-level key; empty if there is no such key. */
  public static String markdown(Kinds kinds, String key) {
    StringBuilder sections = new StringBuilder();
    String[] parts = markdown(kinds).split("(?m)^## ", -1);
    for (String part : parts) {
      String title = part.substring(0, Math.max(0, part.indexOf('\n')));
      if (title.equals(key) || title.startsWith(key + ".")) {
        sections.append("## ").append(part);
      }
    }
    return sections.toString();
  }

  /** A section, then those of the records in it, depth first, so that they lie together. */
  private void section(Struct struct, String path) {
    out.append("\n## ").append(titles.get(struct.type())).append("\n\n");
    out.append(cell(struct.doc())).append('\n');
    Field plain = struct.shorthand();
    if (plain != null) {
      out.append("\nA plain value stands for `").append(plain.name()).append("`.\n");
    }
    out.append("\n| key | type | default | what |\n| --- | --- | --- | --- |\n");
    for (Field field : struct.keys()) {
      name(field.shape(), path.isEmpty() ? field.name() : path + "." + field.name());
    }
    for (Field field : struct.keys()) {
      row(field);
    }
    for (Field field : struct.keys()) {
      below(field.shape(), path.isEmpty() ? field.name() : path + "." + field.name());
    }
  }

  /** Gives the record at a path its title, unless it is described elsewhere. */
  private void name(Shape shape, String path) {
    switch (shape) {
      case Shape.Value _, Shape.Choice _, Shape.OneOf _ -> {}
      case Shape.ListOf list -> name(list.item(), path + "[]");
      case Shape.MapOf map -> name(map.item(), path + ".NAME");
      case Shape.Nested(Struct struct) -> {
        if (titles.putIfAbsent(struct.type(), path) == null) {
          pending.push(struct);
        }
      }
    }
  }

  private void below(Shape shape, String path) {
    switch (shape) {
      case Shape.Value _, Shape.Choice _, Shape.OneOf _ -> {}
      case Shape.ListOf list -> below(list.item(), path + "[]");
      case Shape.MapOf map -> below(map.item(), path + ".NAME");
      case Shape.Nested(Struct struct) -> {
        if (path.equals(titles.get(struct.type())) && pending.remove(struct)) {
          section(struct, path);
        }
      }
    }
  }

  private void row(Field field) {
    out.append("| `").append(field.name()).append("` | ").append(type(field.shape()));
    out.append(field.canBeOff() ? ", or `off`" : "").append(" | ");
    if (field.required()) {
      out.append("**required**");
    } else if (!field.defaultText().isEmpty()) {
      out.append('`').append(field.defaultText()).append('`');
    }
    out.append(" | ").append(cell(field.doc()));
    if (!field.example().isEmpty()) {
      out.append(" Example: `").append(cell(field.example())).append("`.");
    }
    out.append(" |\n");
  }

  private String type(Shape shape) {
    return switch (shape) {
      case Shape.Value value -> {
        String bounds = value.bounds().isOpen() ? "" : ", " + value.bounds();
        yield kind(value.scalar()) + bounds;
      }
      case Shape.Choice choice -> "`" + String.join("`, `", choice.words().keySet()) + "`";
      case Shape.ListOf list ->
          list.orOne() ? type(list.item()) + ", or a list" : "list: " + type(list.item());
      case Shape.OneOf oneOf -> oneOf.names();
      case Shape.MapOf map -> "by " + (map.named() ? "name" : "key") + ": " + type(map.item());
      case Shape.Nested(Struct struct) -> {
        String title = titles.getOrDefault(struct.type(), "");
        String last = title.substring(title.lastIndexOf('.') + 1);
        yield "[" + (last.equals("NAME") ? title : last) + "](#" + anchor(title) + ")";
      }
    };
  }

  /** What is expected, without the example. */
  private static String kind(Scalar<?> scalar) {
    int comma = scalar.expected().indexOf(',');
    return comma < 0 ? scalar.expected() : scalar.expected().substring(0, comma);
  }

  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
