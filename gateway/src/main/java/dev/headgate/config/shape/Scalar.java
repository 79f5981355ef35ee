package dev.headgate.config.shape;

import dev.headgate.config.Allowance;
import dev.headgate.config.Cidr;
import dev.headgate.config.HedgeAfter;
import dev.headgate.config.HostPort;
import dev.headgate.config.Money;
import dev.headgate.config.Nearest;
import dev.headgate.config.Percent;
import dev.headgate.config.Rate;
import dev.headgate.config.RuntimeConfig.Loops;
import dev.headgate.config.SecretText;
import dev.headgate.config.Size;
import dev.headgate.config.UpstreamHost;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;

/**
 * A type of value that is written as one text. YAML's own guesses (is {@code no} a boolean, {@code
 * 1.10} a number?) play no part: the type that the record asks for reads the text.
 *
 * @param type the Java type, boxed
 * @param expected as in "a duration, like '1m30s'"
 * @param jsonType the type's name in JSON Schema
 * @param pattern what a JSON string of this type looks like, for editors; may be empty
 * @param parse throws IllegalArgumentException with a hint for the user, or an empty message
 * @param write the inverse of parse
 */
public record Scalar<T>(
    Class<T> type,
    String expected,
    String jsonType,
    String pattern,
    Function<String, T> parse,
    Function<T, String> write) {

  /** All of them. */
  static final List<Scalar<?>> ALL =
      List.of(
          new Scalar<>(String.class, "text", "string", "", text -> text, text -> text),
          new Scalar<>(
              Integer.class,
              "a whole number",
              "integer",
              "",
              text -> Math.toIntExact(whole(text, 10)),
              n -> n.toString()),
          new Scalar<>(
              Long.class,
              "a whole number",
              "integer",
              "",
              text -> whole(text, 18),
              n -> n.toString()),
          new Scalar<>(
              Boolean.class, "true or false", "boolean", "", Scalar::truth, b -> b.toString()),
          new Scalar<>(
              Duration.class,
              "a duration, like '2s' or '1m30s'",
              "string",
              "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
              DurationText::parse,
              DurationText::write),
          new Scalar<>(
              Size.class,
              "a size, like '32KiB' or '10MiB'",
              "string",
              "^[0-9]+([KMGT]i?)?B$",
              Size::parse,
              Size::toString),
          new Scalar<>(
              Rate.class,
              "a rate, like '50/s' or '100/min'",
              "string",
              "^[0-9]+/[0-9]*(s|min|h|day)$",
              Rate::parse,
              Rate::toString),
          new Scalar<>(
              Allowance.class,
              "a number in a period, like '1000000/month'",
              "string",
              "^[0-9]+/(hour|day|month)$",
              Allowance::parse,
              Allowance::toString),
          new Scalar<>(
              Money.class,
              "an amount of money, like '0.0004 EUR'",
              "string",
              "^[0-9]+(\\.[0-9]+)? [A-Z]{3}$",
              Money::parse,
              Money::toString),
          new Scalar<>(
              Percent.class,
              "a share, like '20%'",
              "string",
              "^[0-9]+(\\.[0-9]+)?%$",
              Percent::parse,
              Percent::toString),
          new Scalar<>(
              HostPort.class,
              "an address, like '127.0.0.1:8080' or '[::1]:8080'",
              "string",
              "^.+:[0-9]+$",
              HostPort::parse,
              HostPort::toString),
          new Scalar<>(
              Cidr.class,
              "a network, like '10.0.0.0/8'",
              "string",
              "",
              Cidr::parse,
              Cidr::toString),
          new Scalar<>(
              Loops.class,
              "'auto' or a whole number",
              "string",
              "^(auto|[0-9]+)$",
              Loops::parse,
              Loops::toString),
          new Scalar<>(
              UpstreamHost.class,
              "'preserve', 'endpoint' or a host, like 'api.example.com'",
              "string",
              "",
              UpstreamHost::parse,
              UpstreamHost::toString),
          new Scalar<>(
              HedgeAfter.class,
              "a duration, like '50ms', or a percentile, like 'p95'",
              "string",
              "",
              HedgeAfter::parse,
              HedgeAfter::toString),
          new Scalar<>(
              SecretText.class,
              "a reference to a secret, like '${env:NAME}' or '${file:PATH}'",
              "string",
              "",
              SecretText::new,
              SecretText::toString),
          new Scalar<>(
              Instant.class,
              "a time, like '2026-12-01T00:00:00Z'",
              "string",
              "^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*",
              Scalar::instant,
              Instant::toString),
          new Scalar<>(
              LocalDate.class,
              "a day, like '2027-01-01'",
              "string",
              "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
              Scalar::day,
              LocalDate::toString),
          new Scalar<>(
              ZoneId.class,
              "a time zone, like 'Europe/Berlin'",
              "string",
              "",
              Scalar::zone,
              ZoneId::toString),
          new Scalar<>(
              URI.class,
              "a URL, like 'http://10.0.0.1:8080'",
              "string",
              "",
              Scalar::uri,
              u -> u.toString()));

  /** What is shown after "expected" and "found" when a text cannot be read. */
  public String written(Object value) {
    return write.apply(type.cast(value));
  }

  private static long whole(String text, int maxDigits) {
    int from = text.startsWith("-") ? 1 : 0;
    if (text.length() == from || !text.chars().skip(from).allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("");
    }
    if (text.length() - from > maxDigits) {
      throw new IllegalArgumentException("the number is too large");
    }
    return Long.parseLong(text);
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      case "yes", "on", "True", "TRUE", "Yes", "On" ->
          throw new IllegalArgumentException("write 'true'");
      case "no", "off", "False", "FALSE", "No", "Off" ->
          throw new IllegalArgumentException("write 'false'");
      default -> throw new IllegalArgumentException("");
    };
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("write the time zone too, as 'Z' or '+02:00'", e);
    }
  }

  private static LocalDate day(String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      if (day.getYear() < 1970 || day.getYear() > 9999) {
        throw new IllegalArgumentException("the year is from 1970 to 9999");
      }
      return day;
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("write year, month and day: there is no such day", e);
    }
  }

  /** Only names: an offset knows nothing of daylight saving, but for UTC itself. */
  private static ZoneId zone(String text) {
    if (!ZoneId.getAvailableZoneIds().contains(text)) {
      String near = Nearest.hint(text, ZoneId.getAvailableZoneIds());
      throw new IllegalArgumentException(
          near.isEmpty() ? "write its IANA name, as in 'Europe/Berlin', or 'UTC'" : near);
    }
    return ZoneId.of(text);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e.getReason() + " at character " + (e.getIndex() + 1), e);
    }
  }
}
