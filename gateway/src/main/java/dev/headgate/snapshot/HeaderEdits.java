package dev.headgate.snapshot;

import dev.headgate.config.Route;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Changes of header fields, with their names prepared: remove, then set, then add. Immutable. */
public final class HeaderEdits {
  public static final HeaderEdits NONE =
      new HeaderEdits(new Route.Changes(List.of(), Map.of(), Map.of()));

  private record Field(HeaderName name, String value) {}

  private final List<HeaderName> remove;
  private final List<Field> set;
  private final List<Field> add;

  private HeaderEdits(Route.Changes changes) {
    this.remove = changes.remove().stream().map(HeaderName::of).toList();
    this.set = fields(changes.set());
    this.add = fields(changes.add());
  }

  public static HeaderEdits of(Route.Changes changes) {
    return changes.isEmpty() ? NONE : new HeaderEdits(changes);
  }

  private static List<Field> fields(Map<String, String> values) {
    List<Field> fields = new ArrayList<>(values.size());
    values.forEach((name, value) -> fields.add(new Field(HeaderName.of(name), value)));
    return List.copyOf(fields);
  }

  public boolean isEmpty() {
    return remove.isEmpty() && set.isEmpty() && add.isEmpty();
  }

  public void apply(Headers headers) {
    for (int i = 0; i < remove.size(); i++) {
      headers.remove(remove.get(i));
    }
    for (int i = 0; i < set.size(); i++) {
      headers.set(set.get(i).name(), set.get(i).value());
    }
    for (int i = 0; i < add.size(); i++) {
      headers.add(add.get(i).name(), add.get(i).value());
    }
  }
}
