package dev.headgate.config.check;

import dev.headgate.config.Cidr;
import dev.headgate.config.Listener;
import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The rules of a listener. */
final class ListenerChecks {
  private final Problems problems;

  ListenerChecks(Problems problems) {
    this.problems = problems;
  }

  void check(String at, Listener listener) {
    if (listener.protocols().isEmpty()) {
      problems.error(at + ".protocols", "no protocol", "as in [http1, http2]");
    }
    Set<Listener.Protocol> seen = new HashSet<>();
    for (int i = 0; i < listener.protocols().size(); i++) {
      if (!seen.add(listener.protocols().get(i))) {
        problems.error(at + ".protocols[" + i + "]", "this protocol is there twice");
      }
    }
    if (listener.tls() instanceof ServerTls tls) {
      tls(at + ".tls", tls);
    }
    everybody(
        at + ".trustedProxies",
        listener.trustedProxies(),
        "every client is believed about where it comes from",
        "name only the networks of your own proxies");
    if (listener.proxyProtocol() && listener.trustedProxies().isEmpty()) {
      problems.warning(
          at + ".proxyProtocol",
          "whoever can connect here can claim any address",
          "name your load balancers in 'trustedProxies'");
    }
    everybody(
        at + ".addresses.deny",
        listener.addresses().deny(),
        "nobody can connect: every address is denied",
        "");
  }

  private void tls(String at, ServerTls tls) {
    if (tls.certificates().isEmpty()) {
      problems.error(
          at + ".certificates",
          "TLS needs a certificate",
          "as in 'certificates: [{ chain: certs/api.pem, key: certs/api.key }]'");
    }
    for (int i = 0; i < tls.certificates().size(); i++) {
      ServerTls.KeyPair pair = tls.certificates().get(i);
      Files.check(at + ".certificates[" + i + "].chain", pair.chain(), problems);
      Files.check(at + ".certificates[" + i + "].key", pair.key(), problems);
    }
    String ca = tls.clients().ca();
    if (ca != null) {
      Files.check(at + ".clients.ca", ca, problems);
    }
    boolean asked = tls.clients().mode() != ServerTls.Mode.NONE;
    if (asked && ca == null) {
      problems.error(
          at + ".clients",
          "client certificates need 'ca', the authorities that they must come from",
          "as in 'ca: certs/partners-ca.pem'");
    } else if (!asked && ca != null) {
      problems.warning(
          at + ".clients.ca",
          "not used: clients are not asked for a certificate",
          "add 'mode: optional' or 'mode: required'");
    }
  }

  private void everybody(String at, List<Cidr> networks, String message, String hint) {
    for (int i = 0; i < networks.size(); i++) {
      if (networks.get(i).isEverything()) {
        problems.warning(at + "[" + i + "]", message, hint);
      }
    }
  }
}
