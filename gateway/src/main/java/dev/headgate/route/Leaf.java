package dev.headgate.route;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The routes with the same host and path, in the order in which they are tried. Immutable. */
final class Leaf<T> {
  private static final Leaf<?> EMPTY = new Leaf<>(List.of());

  private final RouteEntry<T>[] entries;

  @SuppressWarnings("unchecked") // Java has no arrays of generic types.
  private Leaf(List<RouteEntry<T>> entries) {
    this.entries = entries.toArray(new RouteEntry[0]);
  }

  @SuppressWarnings("unchecked") // It holds no entry.
  static <T> Leaf<T> empty() {
    return (Leaf<T>) EMPTY;
  }

  boolean isEmpty() {
    return entries.length == 0;
  }

  List<RouteEntry<T>> entries() {
    return List.of(entries);
  }

  /** The most specific route that takes the request. */
  @Nullable RouteEntry<T> first(RouteRequest request, @Nullable Trace<T> trace) {
    for (RouteEntry<T> entry : entries) {
      boolean over =
          trace == null ? entry.takes(request) : trace.offered(entry, entry.loss(request));
      if (over) {
        return entry;
      }
    }
    return null;
  }

  /**
   * @param conflicts told each added route that is no more and no less specific than another one
   */
  Leaf<T> with(List<Edit<T>> edits, BiConsumer<RouteEntry<T>, RouteEntry<T>> conflicts) {
    List<RouteEntry<T>> changed = new ArrayList<>(entries());
    for (Edit<T> edit : edits) {
      if (!edit.adds() && !changed.remove(edit.entry())) {
        throw new IllegalArgumentException("no such route: " + edit.entry());
      }
    }
    for (Edit<T> edit : edits) {
      if (edit.adds()) {
        changed.add(edit.entry());
      }
    }
    if (changed.isEmpty()) {
      return empty();
    }
    changed.sort(RouteEntry.MORE_SPECIFIC_FIRST);
    for (Edit<T> edit : edits) {
      if (edit.adds()) {
        rivalOf(edit.entry(), changed, conflicts);
      }
    }
    return new Leaf<>(changed);
  }

  private static <T> void rivalOf(
      RouteEntry<T> added,
      List<RouteEntry<T>> all,
      BiConsumer<RouteEntry<T>, RouteEntry<T>> conflicts) {
    for (RouteEntry<T> other : all) {
      if (other != added && !added.isApartFrom(other)) {
        conflicts.accept(added, other);
        return; // One rival is enough to act on, and keeps a thousand copies from a million
        // reports.
      }
    }
  }
}
