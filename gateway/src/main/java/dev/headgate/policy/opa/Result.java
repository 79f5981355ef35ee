package dev.headgate.policy.opa;

import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.Verdict;
import dev.headgate.callout.Verdict.Change;
import dev.headgate.callout.Verdict.How;
import dev.headgate.config.Shown;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads results: true or false, or an object as OPA's plugin for Envoy knows it. Immutable. */
final class Result {
  private static final int FORBIDDEN = 403;
  private static final int LOWEST = 300;
  private static final int HIGHEST = 599;
  private static final byte[] EMPTY = {};

  private final Set<HeaderName> toUpstream;

  Result(List<String> toUpstream) {
    this.toUpstream = toUpstream.stream().map(HeaderName::of).collect(Collectors.toSet());
  }

  Verdict verdict(Object result) throws Malformed {
    return switch (result) {
      case Boolean allow when allow -> Verdict.Allowed.AS_IT_IS;
      case Boolean _ -> refused(null, null, "the result is false");
      case Map<?, ?> object -> verdict(object);
      default -> throw new Malformed("a result that is neither a truth value nor an object");
    };
  }

  private Verdict verdict(Map<?, ?> object) throws Malformed {
    Object allow = object.containsKey("allow") ? object.get("allow") : object.get("allowed");
    if (!(allow instanceof Boolean allowed)) {
      throw new Malformed("a result that does not say 'allow'");
    }
    if (allowed) {
      return allowed(object);
    }
    Object said = object.get("reason");
    String reason = said instanceof String text ? Shown.shortened(text) : "the result says no";
    return refused(object, object.get("http_status"), reason);
  }

  private Verdict allowed(Map<?, ?> object) throws Malformed {
    List<Change> upstream = new ArrayList<>();
    for (Object name : list(object.get("request_headers_to_remove"))) {
      upstream.add(new Change(name(name), null, How.SET));
    }
    for (Change change : changes(object.get("headers"), How.SET)) {
      if (!toUpstream.contains(change.name())) {
        throw new Malformed(
            "a result that sets '" + change.name() + "', which is not in 'toUpstream'");
      }
      upstream.add(change);
    }
    List<Change> client = changes(object.get("response_headers_to_add"), How.ADD);
    return upstream.isEmpty() && client.isEmpty()
        ? Verdict.Allowed.AS_IT_IS
        : new Verdict.Allowed(List.copyOf(upstream), client);
  }

  private static Verdict refused(@Nullable Map<?, ?> object, @Nullable Object wanted, String detail)
      throws Malformed {
    int status = FORBIDDEN;
    if (wanted != null) {
      if (!(wanted instanceof Long number) || number < LOWEST || number > HIGHEST) {
        throw new Malformed("an 'http_status' that refuses nothing");
      }
      status = number.intValue();
    }
    Headers headers = new Headers();
    byte[] body = null;
    if (object != null) {
      changes(object.get("headers"), How.ADD).forEach(change -> change.apply(headers));
      if (object.get("body") instanceof String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
      } else if (!headers.isEmpty() || status < 400) {
        body = EMPTY;
      }
    }
    return new Verdict.Refused("denied", status, headers, body, detail);
  }

  /** A text each, or a list of texts. */
  private static List<Change> changes(@Nullable Object fields, How first) throws Malformed {
    if (fields == null) {
      return List.of();
    }
    if (!(fields instanceof Map<?, ?> map)) {
      throw new Malformed("fields that are no object");
    }
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      HeaderName name = name(entry.getKey());
      How how = first;
      for (Object value :
          entry.getValue() instanceof List<?> list ? list : List.of(entry.getValue())) {
        if (!(value instanceof String text) || !ChangedFields.may(name.text(), text)) {
          throw new Malformed("a field whose value is none");
        }
        changes.add(new Change(name, text, how));
        how = How.ADD;
      }
    }
    return List.copyOf(changes);
  }

  private static HeaderName name(Object name) throws Malformed {
    if (name instanceof String text && ChangedFields.may(text)) {
      return HeaderName.of(text);
    }
    throw new Malformed("a field that cannot be changed");
  }

  private static List<?> list(@Nullable Object said) throws Malformed {
    if (said == null) {
      return List.of();
    }
    if (said instanceof List<?> list) {
      return list;
    }
    throw new Malformed("something that is no list of fields");
  }
}
