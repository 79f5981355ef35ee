package dev.headgate;

import dev.headgate.exchange.CredentialList;
import dev.headgate.exchange.CredentialList.Listed;
import dev.headgate.snapshot.CompiledPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The page of the credentials that a node knows one by one. */
final class KeysPage {
  /** How many a page has at most: some megabytes. */
  private static final int MOST = 10_000;

  private final JsonGenerator out;
  private final @Nullable String consumer;
  private final int from;
  private int passed;
  private int written;

  /**
   * @param consumer whose; null for all
   * @param from how many are passed over, those of other consumers among them
   */
  KeysPage(JsonGenerator out, @Nullable String consumer, int from) {
    this.out = out;
    this.consumer = consumer;
    this.from = from;
  }

  void write(Gateway gateway) {
    Instant now = gateway.now().truncatedTo(ChronoUnit.SECONDS);
    Set<CredentialList> lists = lists(gateway.snapshot().policies());
    out.writeStringProperty("now", now.toString());
    lists.stream()
        .map(CredentialList::since)
        .findFirst()
        .ifPresent(since -> out.writeStringProperty("since", since.toString()));
    out.writeArrayPropertyStart("keys");
    boolean room = true;
    for (Iterator<CredentialList> list = lists.iterator(); room && list.hasNext(); ) {
      room = write(list.next(), now);
    }
    out.writeEndArray();
    if (!room) {
      out.writeNumberProperty("next", passed);
    }
  }

  /** In the order of the policies' names; what several know, once. */
  private static Set<CredentialList> lists(Map<String, CompiledPolicy> policies) {
    Set<CredentialList> lists = new LinkedHashSet<>();
    new TreeMap<>(policies)
        .values()
        .forEach(policy -> lists.addAll(policy.factory().credentials()));
    return lists;
  }

  /** Whether the page had room for all of them. */
  private boolean write(CredentialList list, Instant now) {
    if (passed + list.size() <= from) {
      passed += list.size();
      return true;
    }
    for (int i = Math.max(0, from - passed); i < list.size(); i++) {
      if (written == MOST) {
        passed += i;
        return false;
      }
      Listed one = list.at(i);
      if (consumer == null || consumer.equals(one.consumer())) {
        write(one, list.source(), now);
        written++;
      }
    }
    passed += list.size();
    return true;
  }

  private void write(Listed one, String source, Instant now) {
    out.writeStartObject();
    out.writeStringProperty("consumer", one.consumer());
    out.writeStringProperty("id", one.id());
    out.writeStringProperty("from", source);
    time("notBefore", one.notBefore());
    time("expires", one.expires());
    out.writeStringProperty("state", state(one, now));
    time("lastUsed", one.lastUsed());
    out.writeEndObject();
  }

  private void time(String name, @Nullable Instant time) {
    if (time != null) {
      out.writeStringProperty(name, time.toString());
    }
  }

  private static String state(Listed one, Instant now) {
    if (one.expires() != null && !now.isBefore(one.expires())) {
      return "expired";
    }
    return one.notBefore() != null && now.isBefore(one.notBefore()) ? "not yet" : "valid";
  }
}
