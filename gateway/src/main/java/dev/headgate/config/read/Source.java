package dev.headgate.config.read;

import dev.headgate.config.Place;
import dev.headgate.config.Places;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.Problems;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file's name and content. Its tree of nodes is many times larger than its bytes and needed
 * only when a problem asks for its place, so it is made then, and held softly.
 */
final class Source {
  private final String name;
  private final byte[] content;
  private volatile SoftReference<Node.@Nullable Mapping> tree = new SoftReference<>(null);

  Source(String name, byte[] content) {
    this.name = name;
    this.content = content;
  }

  String name() {
    return name;
  }

  boolean hasContent(byte[] other) {
    return Arrays.equals(content, other);
  }

  /** Reads the content, and reports what is wrong with it; null if nothing can be read. */
  Node.@Nullable Mapping read(Problems problems, Yaml.@Nullable Taker taker) {
    String text = text(problems);
    return text == null ? null : Yaml.read(name, text, problems, taker);
  }

  /** All nodes of a content whose problems have been reported. */
  Node.Mapping tree() {
    Node.Mapping kept = tree.get();
    if (kept == null) {
      kept = read(new Problems(Places.NONE), null);
      kept = kept == null ? new Node.Mapping(List.of(), 1, 1) : kept;
      tree = new SoftReference<>(kept);
    }
    return kept;
  }

  private @Nullable String text(Problems problems) {
    CharBuffer text = CharBuffer.allocate(content.length);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, text, true);
    text.flip();
    if (result.isError()) {
      long line = text.chars().filter(c -> c == '\n').count() + 1;
      int column = text.length() - text.toString().lastIndexOf('\n');
      Place place = new Place(name, (int) line, column);
      problems.add(Severity.ERROR, place, "", "a byte that is not UTF-8", "save the file as UTF-8");
      return null;
    }
    boolean marked = !text.isEmpty() && text.charAt(0) == '\uFEFF';
    return marked ? text.subSequence(1, text.length()).toString() : text.toString();
  }
}
