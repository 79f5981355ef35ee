package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.exchange.Loop;
import java.util.HashMap;
import java.util.Map;

/** How the consumers that a loop has met stand to one product. */
@LoopConfined
final class Standings {
  private final String product;
  private final Terms terms;
  private final Meters meters;
  private final Loop loop;
  private final Map<String, Standing> known = new HashMap<>();

  Standings(String product, Terms terms, Meters meters, Loop loop) {
    this.product = product;
    this.terms = terms;
    this.meters = meters;
    this.loop = loop;
  }

  Standing of(KnownConsumer consumer) {
    Standing standing = known.get(consumer.name());
    long now = loop.wallMillis();
    if (standing != null && standing.holds(consumer.config(), now)) {
      return standing;
    }
    standing = Standing.of(consumer, product, terms, meters, now);
    known.put(consumer.name(), standing);
    return standing;
  }
}
