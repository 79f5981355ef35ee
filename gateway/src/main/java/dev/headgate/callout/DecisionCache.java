package dev.headgate.callout;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Problems;
import dev.headgate.config.Range;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import java.time.Duration;
import java.util.List;

@Doc(
    "Which decisions are remembered, and how long, on each event loop. Requests of one route that are equal in all parts"
        + " of the key get the same decision. A decision whose answer says `Cache-Control: no-store`, or sets a cookie,"
        + " is not remembered.")
public record DecisionCache(
    @Doc(
            value =
                "What decisions depend on: `method`, `host`, `path`, `query`, `address` (the caller's), `identity` (who"
                    + " a policy vouched for) and `header:NAME`. What is left out must not matter.",
            example = "[identity, method, path]")
        @OneOrMany
        List<String> key,
    @Doc("How long.") @Default("10s") @Range(min = "100ms", max = "1d") Duration time,
    @Doc("How many decisions. About 1 kB each.") @Default("8192") @Range(min = "8", max = "1000000")
        int most) {
  static final String HEADER = "header:";

  /** Reports what is wrong with it. */
  public void check(String at, Problems problems) {
    if (key.isEmpty()) {
      problems.error(
          at + ".key", "what do decisions depend on?", "as in '[identity, method, path]'");
    }
    boolean personal = false;
    for (int i = 0; i < key.size(); i++) {
      String part = key.get(i);
      boolean header =
          part.startsWith(HEADER) && HeaderFields.isToken(part.substring(HEADER.length()));
      personal |= header || part.equals("identity") || part.equals("address");
      boolean known =
          switch (part) {
            case "method", "host", "path", "query", "address", "identity" -> true;
            default -> header;
          };
      if (!known) {
        problems.error(
            at + ".key[" + i + "]",
            Shown.quoted(part) + " is no part of a request",
            "there are method, host, path, query, address, identity and header:NAME");
      }
    }
    if (!personal && !key.isEmpty()) {
      problems.warning(
          at + ".key",
          "what is decided for one caller counts for all others",
          "add 'identity', 'address' or the header field that says who is calling");
    }
  }
}
