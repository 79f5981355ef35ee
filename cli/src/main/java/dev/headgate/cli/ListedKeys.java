package dev.headgate.cli;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The keys of a gateway, as its page {@code /keys} tells of them.
 *
 * @param now what time it is there
 * @param since when it began to note uses; null if it knows no keys
 * @param next where the next page begins; null after the last
 */
record ListedKeys(Instant now, @Nullable Instant since, List<Key> keys, @Nullable Integer next) {
  static final ListedKeys NONE = new ListedKeys(Instant.EPOCH, null, List.of(), null);

  /**
   * One of them. Times are as they were written, and null where there is none.
   *
   * @param from where it is written
   * @param state {@code valid}, {@code not yet} or {@code expired}
   */
  record Key(
      String consumer,
      String id,
      String from,
      String state,
      @Nullable String notBefore,
      @Nullable String expires,
      @Nullable String lastUsed) {}

  /** What is to be done about a key. */
  enum Verdict {
    IN_USE("in use"),
    SAFE("safe to revoke"),
    QUIET("quiet, but not for long enough"),
    ALONE("quiet, but no other key of its consumer is in use"),
    NOT_YET("not taken yet"),
    EXPIRED("expired: safe to revoke");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** With those of a further page. */
  ListedKeys and(ListedKeys more) {
    List<Key> all = new ArrayList<>(keys);
    all.addAll(more.keys);
    return new ListedKeys(more.now, more.since, all, more.next);
  }

  /** How long a key was not used, as far as the gateway can know. */
  Duration quiet(Key key) {
    Instant last = key.lastUsed() == null ? since : Instant.parse(key.lastUsed());
    return last == null ? Duration.ZERO : Duration.between(last, now);
  }

  /**
   * What is to be done about each key, in order.
   *
   * @param quiet how long a key must not have been used to be thought of as given up
   */
  List<Verdict> verdicts(Duration quiet) {
    Map<String, Long> busy =
        keys.stream()
            .filter(key -> isBusy(key, quiet))
            .collect(Collectors.groupingBy(Key::consumer, HashMap::new, Collectors.counting()));
    return keys.stream().map(key -> verdict(key, quiet, busy)).toList();
  }

  private boolean isBusy(Key key, Duration quiet) {
    return key.state().equals("valid") && key.lastUsed() != null && quiet(key).compareTo(quiet) < 0;
  }

  private Verdict verdict(Key key, Duration quiet, Map<String, Long> busy) {
    if (key.state().equals("expired")) {
      return Verdict.EXPIRED;
    }
    if (key.state().equals("not yet")) {
      return Verdict.NOT_YET;
    }
    if (isBusy(key, quiet)) {
      return Verdict.IN_USE;
    }
    if (quiet(key).compareTo(quiet) < 0) {
      return Verdict.QUIET;
    }
    return busy.containsKey(key.consumer()) ? Verdict.SAFE : Verdict.ALONE;
  }

  /** Reads a page. */
  static ListedKeys parse(InputStream page) {
    Map<String, String> facts;
    List<Key> keys = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), page)) {
      in.nextToken();
      facts = Facts.read(in, ListedKeys::key, keys);
    }
    String since = facts.get("since");
    String next = facts.get("next");
    return new ListedKeys(
        Instant.parse(Objects.requireNonNull(facts.get("now"))),
        since == null ? null : Instant.parse(since),
        keys,
        next == null ? null : Integer.valueOf(next));
  }

  private static Key key(JsonParser in) {
    Map<String, String> facts = Facts.read(in);
    return new Key(
        facts.getOrDefault("consumer", ""),
        facts.getOrDefault("id", ""),
        facts.getOrDefault("from", ""),
        facts.getOrDefault("state", ""),
        facts.get("notBefore"),
        facts.get("expires"),
        facts.get("lastUsed"));
  }
}
