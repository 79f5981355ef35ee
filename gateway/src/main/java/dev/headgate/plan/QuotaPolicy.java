package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Mode;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Counts the requests of subscribers. One is taken out of the quota when a request comes, so that
 * not more are under way than there is room for, and put back at its end if it is not billable;
 * else it is then booked, on the hour in which it has ended.
 */
@LoopConfined
final class QuotaPolicy implements Policy {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final long SECOND = TimeUnit.SECONDS.toMillis(1);
  private static final HeaderName RATE_LIMIT = HeaderName.of("ratelimit");
  private static final HeaderName RATE_LIMIT_POLICY = HeaderName.of("ratelimit-policy");
  private static final HeaderName WARNING = HeaderName.of("headgate-quota-warning");

  private final Terms terms;
  private final Meters meters;
  private final Loop loop;
  private final Standings standings;
  private final LoopSheet sheet;

  QuotaPolicy(Terms terms, Meters meters, Loop loop, Standings standings) {
    this.terms = terms;
    this.meters = meters;
    this.loop = loop;
    this.standings = standings;
    this.sheet = new LoopSheet(meters);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Identity identity = exchange.identity();
    Standing standing =
        identity == null || identity.consumer() == null ? null : standings.of(identity.consumer());
    if (standing == null || !standing.subscribed()) {
      exchange.note(Stage.LIMIT, "not counted: no subscriber calls");
      return Decision.CONTINUE;
    }
    QuotaCounter[] counters = standing.counters();
    Terms.Offer offer = standing.offer();
    if (offer == null || counters.length == 0) {
      exchange.state(this, standing.usual());
      explain(exchange, standing);
      return Decision.CONTINUE;
    }
    if (terms.deniesUnknown() && meters.unknown()) {
      return Decision.fail(
          Failure.gateway(
              Stage.LIMIT, UNAVAILABLE, "quota.unavailable", "the ledger could not be read yet"));
    }
    int without = take(offer, counters);
    if (without < 0) {
      exchange.state(this, standing.usual());
    } else if (offer.overage() != null) {
      charge(counters);
      exchange.state(this, standing.beyond());
    } else if (offer.mode() == Mode.REPORT) {
      charge(counters);
      exchange.state(this, standing.usual());
      exchange.wouldDeny("plan:" + offer.name(), "quota.exceeded");
    }
    explain(exchange, standing);
    return without < 0 || offer.overage() != null || offer.mode() == Mode.REPORT
        ? Decision.CONTINUE
        : refused(exchange, offer, counters, without);
  }

  private void explain(Exchange exchange, Standing standing) {
    if (!exchange.explained()) {
      return;
    }
    Terms.Offer offer = standing.offer();
    if (offer == null) {
      exchange.note(Stage.LIMIT, "counted without a plan: no quota, no price");
      return;
    }
    String price = offer.price() == null ? "no price" : offer.price() + " for each request";
    exchange.note(Stage.LIMIT, "counted for the plan " + offer.name() + ": " + price);
    for (int i = 0; i < standing.counters().length; i++) {
      QuotaCounter counter = standing.counters()[i];
      exchange.note(
          Stage.LIMIT,
          "quota "
              + offer.limits().get(i).allowance()
              + ": "
              + counter.used()
              + " used with this request, as far as is known here, until "
              + Instant.ofEpochMilli(counter.key().time().endMillis()));
    }
  }

  /**
   * Takes one of each, or none.
   *
   * @return -1, or the one without room that takes longest to have some again
   */
  private static int take(Terms.Offer offer, QuotaCounter[] counters) {
    int without = -1;
    int taken = 0;
    for (int i = 0; i < counters.length; i++) {
      long count = offer.limits().get(i).allowance().count();
      if (without < 0 && counters[i].take(count)) {
        taken++;
      } else if (without < 0
          || (isFull(counters[i], count)
              && counters[i].key().time().endMillis()
                  > counters[without].key().time().endMillis())) {
        without = i;
      }
    }
    for (int i = 0; without >= 0 && i < taken; i++) {
      counters[i].giveBack();
    }
    return without;
  }

  private static boolean isFull(QuotaCounter counter, long count) {
    return counter.used() >= count + counter.granted();
  }

  private static void charge(QuotaCounter[] counters) {
    for (QuotaCounter counter : counters) {
      counter.charge();
    }
  }

  private Decision refused(
      Exchange exchange, Terms.Offer offer, QuotaCounter[] counters, int without) {
    Headers answer = exchange.responseHeaders();
    long seconds = secondsLeft(counters[without]);
    answer.set(HeaderName.RETRY_AFTER, Long.toString(seconds));
    if (offer.headers()) {
      tell(answer, offer, counters);
    }
    return Decision.fail(
        Failure.client(
            Stage.LIMIT,
            TOO_MANY_REQUESTS,
            "quota.exceeded",
            counters[without].key().consumer()
                + " has used the "
                + offer.limits().get(without).allowance()
                + " of plan "
                + offer.name()));
  }

  private long secondsLeft(QuotaCounter counter) {
    long millis = counter.key().time().endMillis() - loop.wallMillis();
    return Math.max(1, Math.ceilDiv(millis, SECOND));
  }

  @Override
  public void onResponse(Exchange exchange) {
    if (!(exchange.state(this) instanceof Standing.Charge charge)) {
      return;
    }
    Standing standing = charge.standing();
    Terms.Offer offer = standing.offer();
    if (offer == null || !offer.limits(Mode.ENFORCE)) {
      return;
    }
    Headers answer = exchange.responseHeaders();
    if (offer.headers()) {
      tell(answer, offer, standing.counters());
    }
    warn(answer, offer, standing.counters());
  }

  /** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
  private void tell(Headers answer, Terms.Offer offer, QuotaCounter[] counters) {
    for (int i = 0; i < counters.length; i++) {
      Terms.Limit limit = offer.limits().get(i);
      CalendarPeriod time = counters[i].key().time();
      long all = limit.allowance().count() + counters[i].granted();
      long left = Math.max(0, all - counters[i].used());
      answer.add(
          RATE_LIMIT_POLICY,
          limit.quoted() + ";q=" + all + ";w=" + (time.endMillis() - time.beginMillis()) / SECOND);
      answer.add(RATE_LIMIT, limit.quoted() + ";r=" + left + ";t=" + secondsLeft(counters[i]));
    }
  }

  private static void warn(Headers answer, Terms.Offer offer, QuotaCounter[] counters) {
    for (int i = 0; i < counters.length; i++) {
      Terms.Limit limit = offer.limits().get(i);
      long all = limit.allowance().count() + counters[i].granted();
      long used = counters[i].used();
      if (counters[i].level(used, counters[i].granted()) > 0 && offer.warnAt() <= 1) {
        answer.add(WARNING, limit.quoted() + ";used=" + used + ";limit=" + all);
      }
    }
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (exchange.state(this) instanceof Standing.Charge charge) {
      if (terms.billable(exchange)) {
        sheet.book(charge, loop.wallMillis());
      } else {
        charge.giveBack();
      }
    }
  }

  @Override
  public void close() {
    sheet.close();
  }
}
