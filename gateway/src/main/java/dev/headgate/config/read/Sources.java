package dev.headgate.config.read;

import dev.headgate.config.Place;
import dev.headgate.config.Places;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one configuration: where each path was written, and what must not be shown.
 *
 * <p>A name may contain dots, so a path is not split beforehand: it is followed from node to node,
 * each time trying every key that the rest of the path begins with.
 */
public final class Sources implements Places {
  /** Values shorter than this are too common in ordinary words to be replaced everywhere. */
  private static final int SHORTEST_MASKED = 4;

  private final String name;
  private final Path folder;
  private final List<Part> parts = new ArrayList<>();

  /**
   * @param name what the user called the configuration: a file or a directory
   * @param folder what relative paths in it start from
   */
  Sources(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  void add(Part part) {
    parts.add(part);
  }

  List<Part> parts() {
    return parts;
  }

  /** What relative paths in the configuration, as those of certificates, start from. */
  public Path folder() {
    return folder;
  }

  /** How the text at a path is written, if it contains references to secrets. */
  public Optional<String> reference(String path) {
    for (Part part : parts) {
      String written = part.references().written().get(path);
      if (written != null) {
        return Optional.of(written);
      }
    }
    return Optional.empty();
  }

  @Override
  public Place at(String path) {
    Found best = null;
    for (Part part : parts) {
      if (mayHold(part, path)) {
        Found found = follow(part.source(), path);
        best = best == null || found.rest < best.rest ? found : best;
      }
    }
    if (best != null) {
      return best.place;
    }
    return new Place(parts.isEmpty() ? name : parts.getFirst().source().name(), 1, 1);
  }

  @Override
  public boolean has(String path) {
    return parts.stream()
        .anyMatch(part -> mayHold(part, path) && follow(part.source(), path).rest == 0);
  }

  @Override
  public String masked(String text) {
    String out = text;
    for (Part part : parts) {
      for (References.Resolved secret : part.references().resolved()) {
        if (secret.value().length() >= SHORTEST_MASKED) {
          out = out.replace(secret.value(), secret.reference());
        }
      }
    }
    return out;
  }

  /** Whether it is worth looking into a file: it need not be read again for other files' routes. */
  private static boolean mayHold(Part part, String path) {
    int dot = path.indexOf('.');
    @Nullable Object value = part.values().get(dot < 0 ? path : path.substring(0, dot));
    if (!(value instanceof Map<?, ?> map) || dot < 0 || part.problems().hasErrors()) {
      return value != null || part.values().containsKey(path);
    }
    for (int end = dot; end >= 0; ) {
      end = end == path.length() ? -1 : path.indexOf('.', end + 1);
      if (map.containsKey(path.substring(dot + 1, end < 0 ? path.length() : end))) {
        return true;
      }
    }
    return false;
  }

  /**
   * The place that a path leads to.
   *
   * @param rest how much of the path could not be followed
   */
  record Found(Place place, int rest) {}

  static Found follow(Source source, String path) {
    Found top = new Found(new Place(source.name(), 1, 1), path.length());
    return path.isEmpty() ? top : follow(source, source.tree(), path, top);
  }

  private static Found follow(Source source, Node node, String path, Found here) {
    return switch (node) {
      case Node.Text _, Node.Refused _ -> here;
      case Node.Sequence sequence -> {
        int end = path.indexOf(']');
        int position = path.startsWith("[") && end > 0 ? number(path.substring(1, end)) : -1;
        if (position < 0 || position >= sequence.items().size()) {
          yield here;
        }
        Node item = sequence.items().get(position);
        String rest = path.substring(end + 1);
        Place place = new Place(source.name(), item.line(), item.column());
        yield follow(source, item, rest, new Found(place, rest.length()));
      }
      case Node.Mapping mapping -> key(source, mapping, path, here);
    };
  }

  private static Found key(Source source, Node.Mapping mapping, String path, Found here) {
    int start = path.startsWith(".") ? 1 : 0;
    Found best = here;
    for (int end = start + 1; end <= path.length(); end++) {
      boolean boundary = end == path.length() || path.charAt(end) == '.' || path.charAt(end) == '[';
      Node.Entry entry = boundary ? mapping.find(path.substring(start, end)) : null;
      if (entry != null) {
        String rest = path.substring(end);
        Found next =
            follow(source, entry.value(), rest, new Found(placeOf(source, entry), rest.length()));
        best = next.rest < best.rest ? next : best;
      }
    }
    return best;
  }

  /** A single value is pointed at itself, a collection by its key. */
  private static Place placeOf(Source source, Node.Entry entry) {
    return entry.value() instanceof Node.Text text
        ? new Place(source.name(), text.line(), text.column())
        : new Place(source.name(), entry.line(), entry.column());
  }

  private static int number(String digits) {
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 8
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Integer.parseInt(digits) : -1;
  }
}
