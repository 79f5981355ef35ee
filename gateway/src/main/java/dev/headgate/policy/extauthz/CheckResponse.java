package dev.headgate.policy.extauthz;

import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.Verdict;
import dev.headgate.callout.Verdict.Change;
import dev.headgate.callout.Verdict.How;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a gRPC service says: {@code envoy.service.auth.v3.CheckResponse}. Dynamic metadata and
 * changes of the query are passed over.
 */
final class CheckResponse {
  private static final int FORBIDDEN = 403;
  private static final int LOWEST = 300;
  private static final int HIGHEST = 599;
  private static final byte[] EMPTY = {};

  private final Set<HeaderName> toUpstream;
  private final List<Change> upstream = new ArrayList<>();
  private final List<Change> client = new ArrayList<>();
  private final List<Change> refusal = new ArrayList<>();
  private boolean decided;
  private boolean denied;
  private long code;
  private long status;
  private @Nullable String body;

  private CheckResponse(Set<HeaderName> toUpstream) {
    this.toUpstream = toUpstream;
  }

  /**
   * @param toUpstream the fields that may be set for the upstream
   */
  static Verdict verdict(ProtoReader message, Set<HeaderName> toUpstream) throws Malformed {
    CheckResponse response = new CheckResponse(toUpstream);
    response.read(message);
    return response.verdict();
  }

  private Verdict verdict() throws Malformed {
    if (!decided) {
      throw new Malformed("an answer that says nothing");
    }
    if (code == 0) {
      if (denied) {
        throw new Malformed("an answer that says both yes and no");
      }
      return upstream.isEmpty() && client.isEmpty()
          ? Verdict.Allowed.AS_IT_IS
          : new Verdict.Allowed(List.copyOf(upstream), List.copyOf(client));
    }
    if (status != 0 && (status < LOWEST || status > HIGHEST)) {
      throw new Malformed("a status that refuses nothing");
    }
    int answer = status == 0 ? FORBIDDEN : (int) status;
    Headers headers = new Headers();
    refusal.forEach(change -> change.apply(headers));
    boolean plain = body == null && headers.isEmpty() && answer >= 400;
    byte[] own = plain ? null : body == null ? EMPTY : body.getBytes(StandardCharsets.ISO_8859_1);
    return new Verdict.Refused(
        "denied", answer, headers, own, "the service answers with code " + code);
  }

  private void read(ProtoReader message) throws Malformed {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> {
          decided = true;
          status(message.message());
        }
        case 2 -> {
          denied = true;
          denied(message.message());
        }
        case 3 -> {
          decided = true;
          allowed(message.message());
        }
        default -> message.skip();
      }
    }
  }

  private void status(ProtoReader message) throws Malformed {
    for (int field = message.next(); field != 0; field = message.next()) {
      if (field == 1) {
        code = message.number();
      } else {
        message.skip();
      }
    }
  }

  private void denied(ProtoReader message) throws Malformed {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> {
          ProtoReader inside = message.message();
          for (int f = inside.next(); f != 0; f = inside.next()) {
            if (f == 1) {
              status = inside.number();
            } else {
              inside.skip();
            }
          }
        }
        case 2 -> refusal.add(change(message.message(), How.ADD));
        case 3 -> body = message.text();
        default -> message.skip();
      }
    }
  }

  private void allowed(ProtoReader message) throws Malformed {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 2 -> {
          Change change = change(message.message(), How.SET);
          if (!toUpstream.contains(change.name())) {
            throw new Malformed(
                "an answer that sets '" + change.name() + "', which is not in 'toUpstream'");
          }
          upstream.add(change);
        }
        case 5 -> upstream.add(new Change(name(message.text()), null, How.SET));
        case 6 -> client.add(change(message.message(), How.ADD));
        default -> message.skip();
      }
    }
  }

  /** A HeaderValueOption; {@code append} goes before {@code append_action}, as in Envoy. */
  private static Change change(ProtoReader message, How usual) throws Malformed {
    String name = "";
    String value = "";
    How how = usual;
    boolean said = false;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> {
          ProtoReader header = message.message();
          for (int f = header.next(); f != 0; f = header.next()) {
            switch (f) {
              case 1 -> name = header.text();
              case 2, 3 -> value = header.text();
              default -> header.skip();
            }
          }
        }
        case 2 -> {
          said = true;
          how = append(message.message()) ? How.ADD : How.SET;
        }
        case 3 -> how = said ? how : action(message.number(), usual);
        default -> message.skip();
      }
    }
    if (!ChangedFields.may(name, value)) {
      throw new Malformed("a field that cannot be changed so");
    }
    return new Change(HeaderName.of(name), value, how);
  }

  private static boolean append(ProtoReader wrapped) throws Malformed {
    boolean append = false;
    for (int field = wrapped.next(); field != 0; field = wrapped.next()) {
      if (field == 1) {
        append = wrapped.number() != 0;
      } else {
        wrapped.skip();
      }
    }
    return append;
  }

  private static How action(long number, How usual) throws Malformed {
    return switch ((int) number) {
      case 0 -> usual;
      case 1 -> How.IF_ABSENT;
      case 2 -> How.SET;
      case 3 -> How.IF_PRESENT;
      default -> throw new Malformed("an unknown way to change a field");
    };
  }

  private static HeaderName name(String text) throws Malformed {
    if (ChangedFields.may(text)) {
      return HeaderName.of(text);
    }
    throw new Malformed("a field that cannot be changed");
  }
}
