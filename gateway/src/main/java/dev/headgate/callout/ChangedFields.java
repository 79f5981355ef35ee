package dev.headgate.callout;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.http.HeaderName;
import java.util.List;
import java.util.Set;

/**
 * Which header fields somebody else may change: none that say where a message goes or ends, and
 * none that Headgate writes itself.
 */
public final class ChangedFields {
  private static final int LONGEST_VALUE = 8 * 1024;

  private static final Set<String> OURS =
      Set.of(
          "via",
          "date",
          "expect",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-proto",
          "x-forwarded-host",
          "x-forwarded-port",
          "x-real-ip",
          "x-request-id",
          "traceparent",
          "tracestate");

  /** Callers send these for purposes of their own, so that nobody takes them away everywhere. */
  private static final Set<HeaderName> CREDENTIALS =
      Set.of(HeaderName.AUTHORIZATION, HeaderName.COOKIE);

  private ChangedFields() {}

  /** Whether a field of that name and value can be written by somebody else. */
  public static boolean may(String name, String value) {
    return may(name)
        && value.length() <= LONGEST_VALUE
        && value.equals(value.strip())
        && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
  }

  /** Whether a field of that name can be changed by somebody else. */
  public static boolean may(String name) {
    String lower = HeaderName.of(name).text();
    return HeaderFields.isToken(name)
        && name.length() <= 256
        && !HeaderFields.isReserved(lower)
        && !OURS.contains(lower);
  }

  /** Reports names of fields for the upstream that nobody else may change. */
  public static void checkUpstream(String at, List<String> names, Problems problems) {
    check(at, names, problems);
    for (int i = 0; i < names.size(); i++) {
      HeaderName name = HeaderName.of(names.get(i));
      if (name.hpackIndex() > 0 && !CREDENTIALS.contains(name)) {
        problems.error(
            at + "[" + i + "]",
            Shown.quoted(names.get(i)) + " is the caller's to say",
            "choose a name of your own, as in 'X-User'");
      }
    }
  }

  /** Reports names of fields that nobody else may change. */
  public static void check(String at, List<String> names, Problems problems) {
    HeaderFields fields = new HeaderFields(problems);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      fields.changed(at + "[" + i + "]", name);
      if (OURS.contains(HeaderName.of(name).text())) {
        problems.error(
            at + "[" + i + "]", Shown.quoted(name) + " cannot be changed", "Headgate writes it");
      }
    }
  }

  /** Those of these fields that no caller may send, because upstreams believe them. */
  public static List<String> guarded(List<String> names) {
    return names.stream().filter(name -> !CREDENTIALS.contains(HeaderName.of(name))).toList();
  }
}
