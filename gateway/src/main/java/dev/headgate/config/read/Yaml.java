package dev.headgate.config.read;

import dev.headgate.config.Place;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;

/**
 * Reads one strict YAML document into {@link Node}s: mappings, lists and texts, nothing else. No
 * anchors, aliases or tags, no key twice, a bound on nesting. Nothing is expanded or constructed,
 * so the work is linear in the size of the file.
 *
 * <p>The parser's events are taken one by one and the open collections kept on a stack, so that
 * hostile nesting meets a bound and not the end of the thread's stack. A breach of the rules of
 * YAML ends the reading of the file; of ours, it is reported and reading goes on.
 */
final class Yaml {
  /** The deepest nesting taken; a configuration needs about ten. */
  static final int DEPTH = 40;

  private static final String QUOTE_HINT =
      "a text that begins with * or & needs quotes, as in \"*.example.com\"";

  private static final Node TAKEN = new Node.Refused(1, 1);

  private final String file;
  private final Problems problems;
  private final @Nullable Taker taker;
  private final Deque<Open> stack = new ArrayDeque<>();
  private final Map<String, String> words = new HashMap<>(); // one copy of each key
  private @Nullable Node root;
  private int documents;

  /**
   * Takes what lies two levels deep, such as a single route, as soon as it is read, so that the
   * nodes of a large file are not all in memory at once.
   */
  interface Taker {
    /** Whether the entries of this top-level mapping are to be taken one by one. */
    boolean takes(String section);

    void take(String section, Node.Entry entry);
  }

  /** A collection that is still being read, with the key that waits for its value. */
  private static final class Open {
    final Node collection;
    @Nullable String key;
    int keyLine;
    int keyColumn;
    boolean skipped; // a value whose key was refused

    Open(Node collection) {
      this.collection = collection;
    }

    boolean awaitsKey() {
      return collection instanceof Node.Mapping && key == null && !skipped;
    }
  }

  private Yaml(String file, Problems problems, @Nullable Taker taker) {
    this.file = file;
    this.problems = problems;
    this.taker = taker;
  }

  /**
   * The document's mapping, empty for an empty document; null if it cannot be used at all.
   *
   * @param taker what it takes has its keys in the mapping, but not its values
   */
  static Node.@Nullable Mapping read(
      String file, String text, Problems problems, @Nullable Taker taker) {
    Yaml yaml = new Yaml(file, problems, taker);
    return yaml.run(text) ? yaml.rootMapping() : null;
  }

  private boolean run(String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(Integer.MAX_VALUE).build();
    try {
      for (Event event : new Parse(settings).parseString(text)) {
        if (!take(event)) {
          return false;
        }
      }
      return true;
    } catch (MarkedYamlEngineException e) {
      syntax(e, text);
    } catch (ReaderException e) {
      refuse(
          placeOf(text, e.getPosition()),
          "the character U+%04X is not allowed in YAML".formatted(e.getCodePoint()),
          "");
    } catch (RuntimeException e) {
      // A parser that trips over hostile input must not take the gateway with it.
      refuse(new Place(file, 1, 1), "this is not YAML that can be read", "");
    }
    return false;
  }

  private Node.@Nullable Mapping rootMapping() {
    return switch (root) {
      case null -> new Node.Mapping(new ArrayList<>(), 1, 1);
      case Node.Mapping mapping -> mapping;
      case Node.Text text when text.isNull() -> new Node.Mapping(new ArrayList<>(), 1, 1);
      case Node.Refused _ -> null;
      case Node.Text _, Node.Sequence _ -> {
        refuse(
            new Place(file, root.line(), root.column()),
            "a configuration is a mapping at its top",
            "it begins with a key such as 'listeners:'");
        yield null;
      }
    };
  }

  /** Takes one event; false ends the reading. */
  private boolean take(Event event) {
    switch (event.getEventId()) {
      case StreamStart, StreamEnd, Comment, DocumentEnd -> {}
      case DocumentStart -> {
        if (++documents > 1) {
          refuse(place(event), "a second YAML document begins here", "one file is one document");
          return false;
        }
      }
      case Alias -> {
        String name = ((AliasEvent) event).getAlias().getValue();
        refuse(place(event), "aliases are not taken: '*" + Shown.shortened(name) + "'", QUOTE_HINT);
        value(new Node.Refused(line(event), column(event)));
      }
      case Scalar -> {
        ScalarEvent scalar = (ScalarEvent) event;
        plainOnly(scalar, scalar.getTag());
        scalar(scalar);
      }
      case SequenceStart -> {
        SequenceStartEvent start = (SequenceStartEvent) event;
        plainOnly(start, start.getTag());
        return open(new Node.Sequence(new ArrayList<>(), line(event), column(event)));
      }
      case MappingStart -> {
        MappingStartEvent start = (MappingStartEvent) event;
        plainOnly(start, start.getTag());
        return open(new Node.Mapping(new ArrayList<>(), line(event), column(event)));
      }
      case SequenceEnd, MappingEnd -> value(stack.pop().collection);
    }
    return true;
  }

  private void plainOnly(NodeEvent event, Optional<String> tag) {
    if (event.getAnchor().isPresent()) {
      refuse(place(event), "anchors are not taken", QUOTE_HINT);
    }
    if (tag.isPresent()) {
      refuse(
          place(event),
          "tags are not taken",
          "a text that begins with ! needs quotes, as in \"!\"");
    }
  }

  private boolean open(Node collection) {
    if (stack.size() == DEPTH) {
      refuse(
          new Place(file, collection.line(), collection.column()),
          "nested more than " + DEPTH + " deep",
          "");
      return false;
    }
    stack.push(new Open(collection));
    return true;
  }

  private void scalar(ScalarEvent event) {
    Open open = stack.peek();
    if (open == null || !open.awaitsKey()) {
      value(new Node.Text(event.getValue(), event.isPlain(), line(event), column(event)));
      return;
    }
    open.key = words.computeIfAbsent(event.getValue(), key -> key);
    open.keyLine = line(event);
    open.keyColumn = column(event);
  }

  /** Puts a finished value where it belongs. */
  private void value(Node node) {
    Open open = stack.peek();
    if (open == null) {
      root = node;
      return;
    }
    switch (open.collection) {
      case Node.Sequence sequence -> sequence.items().add(node);
      case Node.Mapping mapping -> entry(open, mapping, node);
      case Node.Text _, Node.Refused _ -> throw new IllegalStateException("not a collection");
    }
  }

  private void entry(Open open, Node.Mapping mapping, Node node) {
    String key = open.key;
    if (open.skipped) {
      open.skipped = false;
    } else if (key == null) {
      if (!(node instanceof Node.Refused)) {
        refuse(
            new Place(file, node.line(), node.column()), "a key is a text, not a collection", "");
      }
      open.skipped = true;
    } else {
      open.key = null;
      String section = sectionTaken();
      Node kept = section == null ? node : TAKEN;
      Node.Entry before = mapping.add(new Node.Entry(key, open.keyLine, open.keyColumn, kept));
      if (before == null && taker != null && section != null) {
        taker.take(section, new Node.Entry(key, open.keyLine, open.keyColumn, node));
      }
      if (before != null) {
        refuse(
            new Place(file, open.keyLine, open.keyColumn),
            "the key '" + Shown.shortened(key) + "' is written twice",
            "the first is in line " + before.line());
      }
    }
  }

  /** The top-level key of the mapping in hand, if its entries are taken one by one. */
  private @Nullable String sectionTaken() {
    String section = stack.size() == 2 ? stack.getLast().key : null;
    return section != null && taker != null && taker.takes(section) ? section : null;
  }

  private void syntax(MarkedYamlEngineException e, String text) {
    Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
    Place place =
        mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1))
            .orElse(new Place(file, 1, 1));
    String message = e.getProblem() == null ? "this is not YAML" : Shown.shortened(e.getProblem());
    String context = String.valueOf(e.getContext());
    boolean reference = context.contains("alias") || context.contains("anchor");
    String hint = reference ? QUOTE_HINT : syntaxHint(mark.map(Mark::getIndex).orElse(0), text);
    refuse(place, message, hint);
  }

  /** The commonest slip: braces of a path or a reference inside a mapping written in braces. */
  private static String syntaxHint(int codePoint, String text) {
    int at = text.offsetByCodePoints(0, Math.min(codePoint, text.codePointCount(0, text.length())));
    int start = text.lastIndexOf('\n', Math.max(0, at - 1)) + 1;
    int end = text.indexOf('\n', at);
    String line = text.substring(start, end < 0 ? text.length() : end);
    if (line.indexOf('\t') >= 0) {
      return "indent with spaces, not tabs";
    }
    return line.contains("/{") || line.contains("${")
        ? "inside { } or [ ], a text with braces needs quotes, as in \"/orders/{id}\""
        : "";
  }

  private void refuse(Place place, String message, String hint) {
    problems.add(Severity.ERROR, place, "", message, hint);
  }

  private Place placeOf(String text, int codePoints) {
    int line = 1;
    int column = 1;
    int at = 0;
    for (int i = 0; i < codePoints && at < text.length(); i++) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n' ? 1 : 0;
    }
    return new Place(file, line, column);
  }

  private Place place(Event event) {
    return new Place(file, line(event), column(event));
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static int column(Event event) {
    return event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(1);
  }
}
