package dev.headgate.http;

/** Why a path is not let in. The answer is 400. */
public enum PathRefusal {
  NOT_ABSOLUTE("path.not_absolute", "a path that does not begin with a slash"),
  CONTROL("path.control", "a control character, plain or percent-encoded"),
  NOT_ASCII("path.not_ascii", "a byte above 127 that is not percent-encoded"),
  NOT_UTF8("path.not_utf8", "percent-encoded bytes that are not UTF-8"),
  BAD_PERCENT("path.bad_percent", "a percent sign without two hexadecimal digits"),
  BAD_CHARACTER("path.bad_character", "a space, '#' or '?' within the path"),
  BACKSLASH("path.backslash", "a backslash, which some origins take for a slash"),
  ABOVE_ROOT("path.above_root", "'..' that climbs above the root"),
  AMBIGUOUS(
      "path.ambiguous",
      "a dot segment or an empty one hidden behind ';' or an encoded slash, which origins read in"
          + " two ways"),
  ENCODED_SLASH("path.encoded_slash", "an encoded slash or backslash, which the route refuses");

  private final String reason;
  private final String detail;

  PathRefusal(String reason, String detail) {
    this.reason = reason;
    this.detail = detail;
  }

  /** A stable word for callers, logs and metrics. */
  public String reason() {
    return reason;
  }

  /** The same for people; holds nothing of the path. */
  public String detail() {
    return detail;
  }
}
