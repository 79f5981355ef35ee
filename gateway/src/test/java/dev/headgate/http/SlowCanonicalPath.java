package dev.headgate.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The rules of {@link CanonicalPath} once more, as plainly as they can be written. */
final class SlowCanonicalPath {
  private static final Pattern WELL_FORMED =
      Pattern.compile("(/([!$&-.0-;=@A-Z_a-z~\\[\\]^`{|}\"<>]|%[0-9A-Fa-f]{2})*)+");
  private static final Pattern TRIPLETS = Pattern.compile("(%[0-9A-F]{2})+");
  private static final Pattern CONTROLS = Pattern.compile("%([01].|7F)");
  private static final Pattern HIDDEN =
      Pattern.compile("(^|.*%2F|.*%5C)(\\.{1,2}(;.*|%2F.*|%5C.*)?|;.*)");

  private SlowCanonicalPath() {}

  /** The canonical form, or nothing if the path is refused. */
  static Optional<String> of(String raw) {
    if (!WELL_FORMED.matcher(raw).matches()) {
      return Optional.empty();
    }
    String upper =
        Pattern.compile("%..").matcher(raw).replaceAll(m -> m.group().toUpperCase(Locale.ROOT));
    if (CONTROLS.matcher(upper).find() || !TRIPLETS.matcher(upper).results().allMatch(isUtf8())) {
      return Optional.empty();
    }
    String encoded =
        Pattern.compile("[\\[\\]^`{|}\"<>]")
            .matcher(upper)
            .replaceAll(m -> "%%%02X".formatted((int) m.group().charAt(0)));
    String decoded =
        Pattern.compile("%(2D|2E|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])")
            .matcher(encoded)
            .replaceAll(m -> String.valueOf((char) Integer.parseInt(m.group(1), 16)));
    return resolved(decoded);
  }

  private static Optional<String> resolved(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String last = "";
    for (String segment : path.substring(1).split("/", -1)) {
      last = segment;
      if (segment.equals("..")) {
        if (kept.pollLast() == null) {
          return Optional.empty();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        if (HIDDEN.matcher(segment).matches()) {
          return Optional.empty();
        }
        kept.addLast(segment);
      }
    }
    boolean slash = last.isEmpty() || last.equals(".") || last.equals("..");
    return Optional.of("/" + String.join("/", kept) + (slash && !kept.isEmpty() ? "/" : ""));
  }

  private static java.util.function.Predicate<MatchResult> isUtf8() {
    return triplets -> {
      String hex = triplets.group().replace("%", "");
      try {
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(java.util.HexFormat.of().parseHex(hex)));
        return true;
      } catch (CharacterCodingException e) {
        return false;
      }
    };
  }
}
