package dev.headgate.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A node in the tree of paths: what may follow after the segments that led here. Immutable; a
 * change makes new nodes along the paths that it touches and shares all others.
 *
 * <p>A look-up goes down by the literal segment, if there is one, and by the capture only if
 * nothing below the literal takes the request; {@code **} comes last. So the most specific route
 * wins, segment by segment from the left. Each node lies on one path from the root, so that no
 * look-up visits one twice; how many it visits at most is known beforehand ({@link #steps}) and
 * bounded when the tree is built.
 */
final class Node<T> {
  private static final Node<?> EMPTY =
      new Node<>(Table.empty(), 0, null, Leaf.empty(), Leaf.empty());
  private static final int VERY_MANY = 1 << 20; // further counting could overflow

  private final Table<Node<T>> literals;
  private final @Nullable Node<T> capture;
  private final Leaf<T> here;
  private final Leaf<T> rest;
  private final int stepsBelowLiterals;

  private Node(
      Table<Node<T>> literals,
      int stepsBelowLiterals,
      @Nullable Node<T> capture,
      Leaf<T> here,
      Leaf<T> rest) {
    this.literals = literals;
    this.stepsBelowLiterals = stepsBelowLiterals;
    this.capture = capture;
    this.here = here;
    this.rest = rest;
  }

  @SuppressWarnings("unchecked") // It holds no entry.
  static <T> Node<T> empty() {
    return (Node<T>) EMPTY;
  }

  boolean isEmpty() {
    return literals.isEmpty() && capture == null && here.isEmpty() && rest.isEmpty();
  }

  /**
   * Looks a path up from here on.
   *
   * @param at the index of the slash before the next segment, or the path's length
   */
  @Nullable RouteEntry<T> find(RouteRequest request, int at, @Nullable Trace<T> trace) {
    RouteEntry<T> found =
        at == request.path().length() ? here.first(request, trace) : below(request, at, trace);
    if (found != null) {
      return found;
    }
    if (trace != null) {
      trace.left(this, at);
    }
    return rest.first(request, trace);
  }

  private @Nullable RouteEntry<T> below(RouteRequest request, int at, @Nullable Trace<T> trace) {
    String path = request.path();
    int end;
    if (literals.isEmpty()) {
      end = Segments.endOf(path, at + 1);
    } else {
      long scan = Segments.scan(path, at + 1);
      end = Segments.end(scan);
      Node<T> child = literals.findSegment(path, at + 1, scan);
      if (child != null) {
        RouteEntry<T> found = child.find(request, end, trace);
        if (found != null) {
          return found;
        }
      }
    }
    return capture != null && end > at + 1 ? capture.find(request, end, trace) : null;
  }

  /** How many nodes one look-up from here on visits at most. */
  int steps() {
    return Math.min(VERY_MANY, 1 + stepsBelowLiterals + (capture == null ? 0 : capture.steps()));
  }

  /**
   * @param depth how many segments led here
   * @param conflicts told each added route that is no more and no less specific than another one
   */
  Node<T> with(List<Edit<T>> edits, int depth, BiConsumer<RouteEntry<T>, RouteEntry<T>> conflicts) {
    Map<String, List<Edit<T>>> byLiteral = new HashMap<>();
    List<Edit<T>> captured = new ArrayList<>(0);
    List<Edit<T>> ending = new ArrayList<>(0);
    List<Edit<T>> resting = new ArrayList<>(0);
    for (Edit<T> edit : edits) {
      if (depth == edit.entry().template().segments().size()) {
        (edit.entry().template().rest() ? resting : ending).add(edit);
      } else {
        String key = edit.entry().key(depth);
        if (key == null) {
          captured.add(edit);
        } else {
          byLiteral.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(edit);
        }
      }
    }
    Map<String, @Nullable Node<T>> changed = new HashMap<>();
    for (Map.Entry<String, List<Edit<T>>> group : byLiteral.entrySet()) {
      changed.put(
          group.getKey(),
          changed(literals.find(group.getKey()), group.getValue(), depth + 1, conflicts));
    }
    Table<Node<T>> newLiterals = changed.isEmpty() ? literals : literals.with(changed);
    return new Node<>(
        newLiterals,
        changed.isEmpty() ? stepsBelowLiterals : mostSteps(newLiterals, changed),
        captured.isEmpty() ? capture : changed(capture, captured, depth + 1, conflicts),
        ending.isEmpty() ? here : here.with(ending, conflicts),
        resting.isEmpty() ? rest : rest.with(resting, conflicts));
  }

  /** The changed child, or null if nothing is left of it. */
  static <T> @Nullable Node<T> changed(
      @Nullable Node<T> old,
      List<Edit<T>> edits,
      int depth,
      BiConsumer<RouteEntry<T>, RouteEntry<T>> conflicts) {
    Node<T> from = old == null ? empty() : old;
    Node<T> changed = from.with(edits, depth, conflicts);
    return changed.isEmpty() ? null : changed;
  }

  /** The most steps below any literal, without looking at all of them if that can be helped. */
  private int mostSteps(Table<Node<T>> newLiterals, Map<String, @Nullable Node<T>> changed) {
    int most = 0;
    boolean hadMost = false;
    for (Map.Entry<String, @Nullable Node<T>> change : changed.entrySet()) {
      Node<T> now = change.getValue();
      most = Math.max(most, now == null ? 0 : now.steps());
      Node<T> before = literals.find(change.getKey());
      hadMost |= before != null && before.steps() == stepsBelowLiterals;
    }
    if (most < stepsBelowLiterals && hadMost) {
      for (Node<T> child : newLiterals.values()) {
        most = Math.max(most, child.steps());
      }
      return most;
    }
    return Math.max(most, stepsBelowLiterals);
  }

  Table<Node<T>> literals() {
    return literals;
  }

  @Nullable Node<T> capture() {
    return capture;
  }

  /** The routes whose path ends here. */
  Leaf<T> here() {
    return here;
  }

  /** One of the routes here or below. */
  RouteEntry<T> anyEntry() {
    if (!here.isEmpty()) {
      return here.entries().getFirst();
    }
    if (capture != null) {
      return capture.anyEntry();
    }
    return literals.isEmpty() ? rest.entries().getFirst() : literals.values().getFirst().anyEntry();
  }
}
