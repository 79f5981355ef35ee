package dev.headgate.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problem;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule of plans, products and the ledger: one thing changed in a sound configuration. */
class PlanChecksTest {
  private static final String SOUND =
      """
      listeners: { main: { address: "127.0.0.1:8080" } }
      upstreams: { orders: { endpoints: ["http://10.0.0.1:8080"] } }
      policies: { keys: { apiKey: {} } }
      routes:
        orders: { match: { path: /orders }, auth: keys, to: orders }
        open: { match: { path: /open }, auth: public, to: orders }
      plans: { gold: { quota: { requests: 1000000/month }, price: { perRequest: "0.0004 EUR" } } }
      products: { orders: { routes: [orders] } }
      consumers:
        acme:
          plan: gold
          products: [orders]
          credentials: [{ apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae } }]
      """;

  private static Reading read(String text) {
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of("PASSWORD", "hunter22")))
        .read("h.yaml", text);
  }

  private static Problem only(String what, String instead) {
    assertThat(SOUND).contains(what);
    Reading reading = read(SOUND.replace(what, instead.replace("\\n", "\n")));
    List<Problem> errors =
        reading.problems().sorted().stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .toList();
    assertThat(errors).as(reading.problems().report()).hasSize(1);
    return errors.getFirst();
  }

  @Test
  void findsNothingWrongWithASoundConfiguration() {
    assertThat(read(SOUND).problems().report()).isEmpty();
  }

  @ParameterizedTest(name = "{2}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # plans
          1000000/month | 1000000/week               | plans.gold.quota.requests[0] | the periods are hour, day, month
          1000000/month | 1000000                    | plans.gold.quota.requests[0] | write a whole number
          1000000/month | [5/day, 6/day]             | plans.gold.quota.requests[1] | there are two numbers for each day
          1000000/month | []                         | plans.gold.quota.requests    | no number
          1000000/month | 5/day, zone: Europe/Berlim | plans.gold.quota.zone        | did you mean 'Europe/Berlin'?
          1000000/month | 5/day, zone: "+02:00"      | plans.gold.quota.zone        | write its IANA name
          0.0004 EUR    | 0.0004 EUU                 | plans.gold.price.perRequest  | no currency of ISO 4217
          0.0004 EUR    | 0.0004 XAU                 | plans.gold.price.perRequest  | no currency of ISO 4217
          0.0004 EUR    | 4e-4 EUR                   | plans.gold.price.perRequest  | write a number and a currency
          0.0004 EUR    | -1 EUR                     | plans.gold.price.perRequest  | write a number and a currency
          0.0004 EUR    | 0,0004 EUR                 | plans.gold.price.perRequest  | write a number and a currency
          EUR" } } }    | EUR" }, overage: { perRequest: 1 USD } } } | plans.gold.overage.perRequest | the price is in EUR
          quota: { requests: 1000000/month } | overage: { perRequest: 1 EUR } | plans.gold.overage | there is no quota to go beyond
          quota: {      | limits: [{ burst: 5 }], quota: {           | plans.gold.limits[0].rate    | rate
          quota: {      | limits: [{ rate: 5 }], quota: {            | plans.gold.limits[0].rate    | as in '100/min'
          quota: {      | limits: [{ rate: 5/s, per: client }], quota: { | plans.gold.limits[0].per | unknown key
          quota: {      | limits: [{ rate: 5/s }, { rate: 5/s, store: shared }], quota: { | plans.gold.limits[1].store | no store 'shared'
          quota: {      | limits: [{ rate: 5/s, sync: leased }], quota: { | plans.gold.limits[0].sync | nobody to borrow from
          quota: {      | limits: [{ rate: 5/s, algorithm: fixed_window, burst: 9 }], quota: { | plans.gold.limits[0].burst | a window has no burst
          quota: {      | limits: [{ rate: 5/s, costHeader: "x:" }], quota: { | plans.gold.limits[0].costHeader | not the name of a header field
          # products
          [orders] } }  | [order] } }                | products.orders.routes[0]    | no route is named 'order'
          [orders] } }  | [open] } }                 | products.orders.routes[0]    | does not ask who is calling
          [orders] } }  | [orders] }, two: { routes: orders } } | products.two.routes[0] | the route 'orders' is in the product 'orders'
          [orders] } }  | [] } }                     | products.orders.routes       | no route
          # consumers
          plan: gold    | plan: godl                 | consumers.acme.plan[0].name  | did you mean 'gold'?
          plan: gold    | plan: [gold, gold]         | consumers.acme.plan[1]       | two plans hold from the same day on
          plan: gold    | plan: [{ name: gold, from: 2027-02-30 }] | consumers.acme.plan[0].from | there is no such day
          products: [orders]\\n | products: [ordres]\\n | consumers.acme.products[0].name | did you mean 'orders'?
          products: [orders]\\n | products: [orders, orders]\\n | consumers.acme.products[1] | this product is there twice
          products: [orders]\\n | products: { name: orders, from: 2027-01-01, until: 2027-01-01 }\\n | consumers.acme.products[0].until | it ends before it begins
          # ledger
          consumers:    | ledger: { store: "" }\\nconsumers: | ledger.store | the name of a file is empty
          consumers:    | ledger: { store: "mysql://u@h/d" }\\nconsumers: | ledger.store | a file, or 'postgresql://
          consumers:    | ledger: { store: "postgresql://u:p@h/d" }\\nconsumers: | ledger.store | the password belongs into 'password'
          consumers:    | ledger: { store: "postgresql://u@h/d?password=p" }\\nconsumers: | ledger.store | the password belongs into 'password'
          consumers:    | ledger: { store: "postgresql://h/d" }\\nconsumers: | ledger.store | write the user
          consumers:    | ledger: { password: "${env:PASSWORD}" }\\nconsumers: | ledger.password | a file has no password
          consumers:    | ledger: { billable: { statuses: [2xx, 7xx] } }\\nconsumers: | ledger.billable.statuses[1] | '7xx' is no status
          consumers:    | ledger: { flush: 1ms }\\nconsumers: | ledger.flush | must be from 100ms to 1m
          """)
  void saysWhatIsWrong(String what, String instead, String path, String message) {
    Problem problem = only(what.replace("\\n", "\n"), instead);
    assertThat(problem.path()).isEqualTo(path);
    assertThat(problem.message() + " " + problem.hint()).contains(message);
  }

  @Test
  void warnsOfPlansAndProductsThatCountForNothing() {
    assertThat(read(SOUND.replace("    plan: gold\n", "")).problems().report())
        .contains("without a plan there is neither quota nor price");
    assertThat(
            read(SOUND.replace("    products: [orders]\n", "    products: []\n"))
                .problems()
                .report())
        .contains("nobody has subscribed", "the plan counts for nothing");
  }

  @Test
  void neverQuotesThePasswordOfALedger() {
    assertThat(
            read(SOUND + "ledger: { store: \"postgresql://u:hunter22@h/d\" }\n")
                .problems()
                .report())
        .isNotEmpty()
        .doesNotContain("hunter22");
  }
}
