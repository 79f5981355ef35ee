package dev.headgate.policy.addresses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressesWireTest {
  private static final int FRENCH = 0xC0000207; // 192.0.2.7

  @TempDir Path folder;

  private RawResponse from(String address, String rules) throws Exception {
    Path file = folder.resolve("country.mmdb");
    Files.write(file, CountryFile.of(FRENCH, "FR"));
    String config =
        """
        listeners: { plain: { address: "127.0.0.1:0", trustedProxies: [127.0.0.0/8] } }
        upstreams: { o: { endpoints: ["%s"] } }
        routes:
          all:
            match: { path: /** }
            auth: public
            to: o
            policies: [{ addresses: { %s } }]
        telemetry: { accessLog: { to: "off" } }
        """;
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        GatewayUnderTest gateway =
            new Gateways("nio")
                .start(config.formatted(origin.url(), rules.replace("DB", "database: " + file)));
        RawClient client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + address + "\r\n\r\n");
      RawResponse answer = client.readResponse();
      assertThat(origin.requests()).hasSize(answer.status() == 200 ? 1 : 0);
      return answer;
    }
  }

  @Test
  void onlyNetworksInAllowMayCall() throws Exception {
    String rules = "allow: [10.0.0.0/8, \"2001:db8::/32\"], deny: [10.9.0.0/16]";

    assertThat(from("10.1.2.3", rules).status()).isEqualTo(200);
    assertThat(from("2001:db8::7", rules).status()).isEqualTo(200);
    assertThat(from("11.1.2.3", rules).text()).contains("addresses.denied");
    assertThat(from("10.9.2.3", rules).text()).contains("addresses.denied");
  }

  @Test
  void withoutAllowAllButDenyMayCall() throws Exception {
    assertThat(from("11.1.2.3", "deny: 10.0.0.0/8").status()).isEqualTo(200);
    assertThat(from("10.1.2.3", "deny: 10.0.0.0/8").status()).isEqualTo(403);
  }

  @Test
  void onlyCountriesInAllowCountriesMayCallAndNetworksInAllow() throws Exception {
    String rules = "allowCountries: FR, allow: 10.0.0.0/8, DB";

    assertThat(from("192.0.2.7", rules).status()).isEqualTo(200);
    assertThat(from("10.1.2.3", rules).status()).isEqualTo(200);
    assertThat(from("192.0.2.6", rules).text()).contains("addresses.country");
    assertThat(from("192.0.2.7", "allowCountries: DE, DB").text()).contains("addresses.country");
  }

  @Test
  void countriesInDenyCountriesMayNotCall() throws Exception {
    assertThat(from("192.0.2.7", "denyCountries: FR, DB").text()).contains("addresses.country");
    assertThat(from("192.0.2.6", "denyCountries: FR, DB").status()).isEqualTo(200);
    assertThat(from("192.0.2.7", "denyCountries: FR, allow: 192.0.2.0/24, DB").status())
        .isEqualTo(403);
  }
}
