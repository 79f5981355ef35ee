package dev.headgate.config;

import dev.headgate.config.KindOf.Family;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc("A caller that is known by name, and what proves who it is.")
public record Consumer(
    @Doc("What proves that it is this consumer: any of these.") List<Credential> credentials,
    @Doc(
            value = "Groups, for `authorize` (`identity.groups`) and for reports.",
            example = "[partners]")
        List<String> groups,
    @Doc(value = "Labels, for `authorize` (`identity.labels`).", example = "{ region: eu }")
        Map<String, String> labels,
    @Doc(
            value = "The plan that it has; with several, each from its day on.",
            example = "[silver, { name: gold, from: 2027-01-01 }]")
        @OneOrMany
        List<PlanChoice> plan,
    @Doc(value = "The products that it has subscribed to.", example = "[orders]") @OneOrMany
        List<Subscription> products,
    @Doc(
            value =
                "How much it matters that its requests are answered when the node cannot answer all: `sheddable`,"
                    + " `default` or `critical`. Without it what the route says.",
            example = "critical")
        @Nullable Priority priority) {

  /** A caller that has neither plan nor products. */
  public Consumer(List<Credential> credentials, List<String> groups, Map<String, String> labels) {
    this(credentials, groups, labels, List.of(), List.of(), null);
  }

  @Doc("A plan that a consumer has.")
  @Shorthand("name")
  public record PlanChoice(
      @Doc("One of those under `plans`.") String name,
      @Doc(
              value =
                  "The day from which on it holds, from its first moment in the time zone of `ledger`. Without it, from the"
                      + " beginning.",
              example = "2027-01-01")
          @Nullable LocalDate from) {}

  @Doc("A product that a consumer has subscribed to.")
  @Shorthand("name")
  public record Subscription(
      @Doc("One of those under `products`.") String name,
      @Doc(value = "The day from which on it holds.", example = "2027-01-01")
          @Nullable LocalDate from,
      @Doc(value = "The first day on which it holds no more.", example = "2027-07-01")
          @Nullable LocalDate until) {}

  @Doc("Something that proves who is calling. Its key says of which kind it is.")
  public record Credential(@KindOf(Family.CREDENTIAL) Typed credential) {}
}
