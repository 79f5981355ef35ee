package dev.headgate.policy.addresses;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Cidr;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;

/** Asks the lists of networks first, then the countries. */
@LoopConfined
final class AddressesPolicy implements Policy {
  private final Addresses rules;
  private final Countries countries;
  private final Set<String> allowed;
  private final Set<String> denied;

  AddressesPolicy(Addresses rules, Countries countries) {
    this.rules = rules;
    this.countries = countries;
    this.allowed = Set.copyOf(rules.allowCountries());
    this.denied = Set.copyOf(rules.denyCountries());
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    InetAddress address = exchange.address();
    if (Cidr.anyContains(rules.deny(), address)) {
      return refused("addresses.denied", "the client's address is in 'deny'");
    }
    boolean inAllow = Cidr.anyContains(rules.allow(), address);
    if (denied.isEmpty() && (allowed.isEmpty() || inAllow)) {
      return inAllow || rules.allow().isEmpty()
          ? Decision.CONTINUE
          : refused("addresses.denied", "the client's address is not in 'allow'");
    }
    return byCountry(address, inAllow, exchange);
  }

  private Decision byCountry(InetAddress address, boolean inAllow, Exchange exchange) {
    String country;
    try {
      country = countries.of(address);
    } catch (IOException | RuntimeException e) {
      return Decision.fail(
          Failure.gateway(
              Stage.ADMIT,
              503,
              "addresses.unavailable",
              "the database of countries is damaged: " + e.getMessage()));
    }
    if (exchange.explained()) {
      exchange.note(Stage.ADMIT, "country " + (country == null ? "unknown" : country));
    }
    if (country != null && denied.contains(country)) {
      return refused("addresses.country", "the client's country is in 'denyCountries'");
    }
    boolean onlySome = !rules.allow().isEmpty() || !allowed.isEmpty();
    if (!onlySome || inAllow || (country != null && allowed.contains(country))) {
      return Decision.CONTINUE;
    }
    return allowed.isEmpty()
        ? refused("addresses.denied", "the client's address is not in 'allow'")
        : refused("addresses.country", "the client's country is not in 'allowCountries'");
  }

  private static Decision refused(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.ADMIT, 403, reason, detail));
  }
}
