package dev.headgate.config;

import dev.headgate.config.KindOf.Family;
import java.util.List;
import java.util.Map;

@Doc("A caller that is known by name, and what proves who it is.")
public record Consumer(
    @Doc("What proves that it is this consumer: any of these.") List<Credential> credentials,
    @Doc(
            value = "Groups, for `authorize` (`identity.groups`) and for reports.",
            example = "[partners]")
        List<String> groups,
    @Doc(value = "Labels, for `authorize` (`identity.labels`).", example = "{ region: eu }")
        Map<String, String> labels) {

  @Doc("Something that proves who is calling. Its key says of which kind it is.")
  public record Credential(@KindOf(Family.CREDENTIAL) Typed credential) {}
}
