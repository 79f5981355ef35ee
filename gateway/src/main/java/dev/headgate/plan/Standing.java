package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Consumer;
import dev.headgate.config.Money;
import dev.headgate.exchange.Identity.KnownConsumer;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer stands to a product for a while: which plan it has, and where its requests are
 * counted. Found out once for each loop and span of time in which nothing of it changes.
 */
@LoopConfined
final class Standing {
  private static final QuotaCounter[] NONE = {};

  private final Consumer config;
  private final boolean subscribed;
  private final Terms.@Nullable Offer offer;
  private final QuotaCounter[] counters;
  private final Charge usual;
  private final Charge beyond;
  private long from;
  private long until;

  /** What is taken of a request: to be booked on a line, or to be given back. */
  @LoopConfined
  static final class Charge {
    private final Standing standing;
    private final UsageLine line;
    private UsageSheet.@Nullable Cell cell;

    private Charge(Standing standing, UsageLine line) {
      this.standing = standing;
      this.line = line;
    }

    /** How the consumer stood when it was taken. */
    Standing standing() {
      return standing;
    }

    UsageLine line() {
      return line;
    }

    UsageSheet.@Nullable Cell cell() {
      return cell;
    }

    void cell(UsageSheet.@Nullable Cell opened) {
      cell = opened;
    }

    void giveBack() {
      for (QuotaCounter counter : standing.counters) {
        counter.giveBack();
      }
    }
  }

  private Standing(
      KnownConsumer consumer,
      String product,
      boolean subscribed,
      Terms.@Nullable Offer offer,
      QuotaCounter[] counters) {
    this.config = consumer.config();
    this.subscribed = subscribed;
    this.offer = offer;
    this.counters = counters;
    this.usual = charge(consumer.name(), product, UsageLine.Kind.REQUESTS);
    this.beyond = charge(consumer.name(), product, UsageLine.Kind.OVERAGE);
  }

  private Charge charge(String consumer, String product, UsageLine.Kind kind) {
    Money price =
        offer == null
            ? null
            : kind == UsageLine.Kind.OVERAGE && offer.overage() != null
                ? offer.overage()
                : offer.price();
    String plan = offer == null ? "" : offer.name();
    return new Charge(this, new UsageLine(consumer, product, plan, kind, price));
  }

  /** How a consumer stands at a moment. */
  static Standing of(
      KnownConsumer consumer, String product, Terms terms, Meters meters, long nowMillis) {
    Span span = new Span(nowMillis);
    boolean subscribed = subscribed(consumer.config(), product, terms, span);
    Terms.Offer offer = offer(consumer.config(), terms, span);
    QuotaCounter[] counters = offer == null ? NONE : counters(consumer.name(), offer, meters, span);
    Standing standing = new Standing(consumer, product, subscribed, offer, counters);
    standing.from = span.from;
    standing.until = span.until;
    return standing;
  }

  private static QuotaCounter[] counters(
      String consumer, Terms.Offer offer, Meters meters, Span span) {
    QuotaCounter[] counters = new QuotaCounter[offer.limits().size()];
    for (int i = 0; i < counters.length; i++) {
      Terms.Limit limit = offer.limits().get(i);
      CalendarPeriod time = CalendarPeriod.of(limit.allowance().period(), limit.zone(), span.now);
      span.within(time.beginMillis(), time.endMillis());
      counters[i] =
          meters.counter(new QuotaKey(consumer, offer.name(), limit.allowance().period(), time));
      long count = limit.allowance().count();
      double warnAt = Math.ceil(offer.warnAt() * count);
      counters[i].watch(warnAt > count ? Long.MAX_VALUE : (long) warnAt, count);
    }
    return counters;
  }

  private static boolean subscribed(Consumer consumer, String product, Terms terms, Span span) {
    boolean subscribed = false;
    for (Consumer.Subscription one : consumer.products()) {
      if (one.name().equals(product)) {
        boolean begun = span.reached(one.from(), terms);
        boolean ended = one.until() != null && span.reached(one.until(), terms);
        subscribed |= begun && !ended;
      }
    }
    return subscribed;
  }

  /** The plan that began last. */
  private static Terms.@Nullable Offer offer(Consumer consumer, Terms terms, Span span) {
    Consumer.PlanChoice chosen = null;
    for (Consumer.PlanChoice one : consumer.plan()) {
      if (span.reached(one.from(), terms) && (chosen == null || isAfter(one, chosen))) {
        chosen = one;
      }
    }
    return chosen == null ? null : terms.plans().get(chosen.name());
  }

  private static boolean isAfter(Consumer.PlanChoice one, Consumer.PlanChoice other) {
    return one.from() != null && (other.from() == null || one.from().isAfter(other.from()));
  }

  /** The time around a moment in which nothing changes. */
  private static final class Span {
    private final long now;
    private long from = Long.MIN_VALUE;
    private long until = Long.MAX_VALUE;

    Span(long now) {
      this.now = now;
    }

    /** Whether a day has begun; null is the beginning of time. */
    boolean reached(@Nullable LocalDate day, Terms terms) {
      if (day == null) {
        return true;
      }
      long start = CalendarPeriod.start(day, terms.zone());
      if (start <= now) {
        from = Math.max(from, start);
        return true;
      }
      until = Math.min(until, start);
      return false;
    }

    void within(long begin, long end) {
      from = Math.max(from, begin);
      until = Math.min(until, end);
    }
  }

  /** Whether this still holds. */
  boolean holds(Consumer consumer, long nowMillis) {
    return config == consumer && nowMillis >= from && nowMillis < until;
  }

  boolean subscribed() {
    return subscribed;
  }

  Terms.@Nullable Offer offer() {
    return offer;
  }

  QuotaCounter[] counters() {
    return counters;
  }

  /** For requests within the quota, or without one. */
  Charge usual() {
    return usual;
  }

  /** For requests beyond it. */
  Charge beyond() {
    return beyond;
  }
}
