package dev.headgate.policy;

import dev.headgate.config.shape.Kind;
import dev.headgate.config.shape.Kinds;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.jose.TokenCredential;
import dev.headgate.policy.addresses.AddressesKind;
import dev.headgate.policy.apikey.ApiKeyCredential;
import dev.headgate.policy.apikey.ApiKeyKind;
import dev.headgate.policy.authorize.AuthorizeKind;
import dev.headgate.policy.basic.BasicCredential;
import dev.headgate.policy.basic.BasicKind;
import dev.headgate.policy.concurrency.ConcurrencyKind;
import dev.headgate.policy.contentdigest.ContentDigestKind;
import dev.headgate.policy.cors.CorsKind;
import dev.headgate.policy.csrf.CsrfKind;
import dev.headgate.policy.extauthz.ExtAuthzKind;
import dev.headgate.policy.fault.FaultKind;
import dev.headgate.policy.gatewaytoken.GatewayTokenKind;
import dev.headgate.policy.hmac.HmacCredential;
import dev.headgate.policy.hmac.HmacKind;
import dev.headgate.policy.httpsignature.HttpSignatureCredential;
import dev.headgate.policy.httpsignature.HttpSignatureKind;
import dev.headgate.policy.introspection.IntrospectionKind;
import dev.headgate.policy.jsonthreats.JsonThreatsKind;
import dev.headgate.policy.jwt.JwtKind;
import dev.headgate.policy.limit.LimitKind;
import dev.headgate.policy.limit.PlanLimits;
import dev.headgate.policy.mtls.MtlsCredential;
import dev.headgate.policy.mtls.MtlsKind;
import dev.headgate.policy.oidc.OidcKind;
import dev.headgate.policy.opa.OpaKind;
import dev.headgate.policy.publishkeys.PublishKeysKind;
import dev.headgate.policy.size.SizeKind;
import dev.headgate.policy.xmlthreats.XmlThreatsKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every kind of policy and of credential that there is. */
public final class Policies {
  private static final List<PolicyKind<?>> POLICIES =
      List.of(
          new ApiKeyKind(),
          new JwtKind(),
          new IntrospectionKind(),
          new MtlsKind(),
          new BasicKind(),
          new OidcKind(),
          new HttpSignatureKind(),
          new HmacKind(),
          new AuthorizeKind(),
          new CorsKind(),
          new CsrfKind(),
          new AddressesKind(),
          new ExtAuthzKind(),
          new OpaKind(),
          new GatewayTokenKind(),
          new PublishKeysKind(),
          new LimitKind(),
          new ConcurrencyKind(),
          new ContentDigestKind(),
          new SizeKind(),
          new JsonThreatsKind(),
          new XmlThreatsKind(),
          new FaultKind());

  private static final List<Kind<?>> CREDENTIALS =
      List.of(
          new Kind<>("apiKey", ApiKeyCredential.class, false, ApiKeyCredential::check),
          new Kind<>("jwt", TokenCredential.class, false, TokenCredential::check),
          new Kind<>("introspection", TokenCredential.class, false, TokenCredential::check),
          new Kind<>("mtls", MtlsCredential.class, false, MtlsCredential::check),
          new Kind<>("basic", BasicCredential.class, false, BasicCredential::check),
          new Kind<>("oidc", TokenCredential.class, false, TokenCredential::check),
          new Kind<>(
              "httpSignature",
              HttpSignatureCredential.class,
              false,
              HttpSignatureCredential::check),
          new Kind<>("hmac", HmacCredential.class, false, HmacCredential::check));

  private static final Map<String, PolicyKind<?>> BY_NAME =
      POLICIES.stream().collect(Collectors.toMap(PolicyKind::name, Function.identity()));

  /** What the configuration needs to know of them. */
  public static final Kinds KINDS = new Kinds(kinds(), CREDENTIALS, PlanLimits::check);

  private Policies() {}

  private static List<Kind<?>> kinds() {
    List<Kind<?>> kinds = new ArrayList<>();
    POLICIES.forEach(kind -> kinds.add(kind(kind)));
    return kinds;
  }

  private static <C extends Record> Kind<C> kind(PolicyKind<C> kind) {
    return new Kind<>(kind.name(), kind.config(), kind.authenticates(), kind::check);
  }

  /** The kind of that name. */
  public static PolicyKind<?> kind(String name) {
    return Objects.requireNonNull(BY_NAME.get(name));
  }
}
