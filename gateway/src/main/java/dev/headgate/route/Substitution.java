package dev.headgate.route;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link Template} whose names are resolved against the path of a route. */
final class Substitution {
  private final List<Piece> pieces;

  Substitution(Template template, PathTemplate route) {
    this.pieces = template.parts().stream().map(part -> piece(part, route)).toList();
  }

  private sealed interface Piece {}

  private record Text(String text) implements Piece {}

  /** The segment of that number of the request's path. */
  private record Segment(int number) implements Piece {}

  /** What comes after that many segments. A slash before it is its own, and goes where it goes. */
  private record Rest(int segments) implements Piece {}

  private record Host() implements Piece {}

  private record Path() implements Piece {}

  /** The request's query. A question mark before it goes if there is none. */
  private record Query() implements Piece {}

  private static Piece piece(Template.Part part, PathTemplate route) {
    return switch (part) {
      case Template.Text(String text) -> new Text(text);
      case Template.Variable(String name) -> {
        int segment = route.indexOf(name);
        yield segment >= 0
            ? new Segment(segment)
            : switch (name) {
              case Template.REST -> new Rest(route.segments().size());
              case "host" -> new Host();
              case "path" -> new Path();
              case "query" -> new Query();
              default -> throw new IllegalArgumentException("'{" + name + "}' is not known");
            };
      }
    };
  }

  String fill(String host, String path, @Nullable String query) {
    StringBuilder out = new StringBuilder(path.length() + 32);
    for (Piece piece : pieces) {
      switch (piece) {
        case Text(String text) -> out.append(text);
        case Segment(int number) -> {
          int slash = Segments.slash(path, number);
          out.append(path, slash + 1, Segments.endOf(path, slash + 1));
        }
        case Rest(int segments) -> {
          dropLast(out, '/');
          out.append(path, Segments.slash(path, segments), path.length());
        }
        case Host() -> out.append(host);
        case Path() -> {
          dropLast(out, '/');
          out.append(path);
        }
        case Query() -> {
          if (query == null) {
            dropLast(out, '?');
          } else {
            out.append(query);
          }
        }
      }
    }
    return out.toString();
  }

  private static void dropLast(StringBuilder out, char c) {
    int last = out.length() - 1;
    if (last >= 0 && out.charAt(last) == c) {
      out.setLength(last);
    }
  }
}
