package dev.headgate.policy.limit;

import dev.headgate.config.Limiting;
import dev.headgate.config.Rate;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.keyed.RequestKey;
import dev.headgate.policy.Policies;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the plans of limits that count in a store, without a gateway. */
final class SharedNodes {
  private SharedNodes() {}

  /** A store as the configuration would have it. */
  static Stores.Place place(int port) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        stores: { shared: { redis: "redis://127.0.0.1:%d", timeout: 5s } }
        """
            .formatted(port);
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("headgate.yaml", yaml);
    return new Stores.Place(
        "shared",
        Objects.requireNonNull(((Reading.Accepted) reading).config().stores().get("shared")));
  }

  /**
   * A limit by the header field {@code K}, on a node of its own.
   *
   * @param lease how much is lent at most; 0 if the store is asked about each request
   */
  static LimitPlan plan(
      Stores.Place place,
      long burst,
      List<String> rates,
      long lease,
      Limiting.OnStoreFailure away) {
    List<LimitPlan.One> limits = new ArrayList<>();
    for (String rate : rates) {
      limits.add(LimitPlan.One.of("few:" + rate, Rate.parse(rate), burst, new Buckets(1000)));
    }
    @Nullable Leases leases = lease == 0 ? null : new Leases(1000);
    return new LimitPlan(
        "few",
        Stage.ADMIT,
        List.of("header:K"),
        RequestKey.Seed.random(),
        limits,
        new LimitPlan.Sharing(place, "policies.few.limit", away, leases, lease),
        new Cost.Fixed(1),
        null,
        0,
        true);
  }
}
