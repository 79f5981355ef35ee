package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.config.Store;
import dev.headgate.config.StoreAddress;
import java.util.ArrayList;
import java.util.List;

/** The rules of stores that several nodes share. */
final class StoreChecks {
  private static final int LONGEST_PREFIX = 64;

  private final Problems problems;

  StoreChecks(Problems problems) {
    this.problems = problems;
  }

  /** URLs are not quoted here: a mistaken one may hold a password. */
  void check(String at, Store store) {
    if (store.redis().isEmpty()) {
      problems.error(at + ".redis", "where is it?", "as in 'redis://10.0.0.5:6379'");
    }
    List<StoreAddress> addresses = new ArrayList<>();
    for (int i = 0; i < store.redis().size(); i++) {
      String here = at + ".redis[" + i + "]";
      try {
        StoreAddress address = StoreAddress.parse(store.redis().get(i));
        addresses.add(address);
        node(here, store, address);
      } catch (IllegalArgumentException e) {
        problems.error(here, "not the URL of a Redis", String.valueOf(e.getMessage()));
      }
    }
    if (addresses.stream().map(StoreAddress::secure).distinct().count() > 1) {
      problems.error(at + ".redis", "some nodes speak TLS and some do not", "all or none");
    }
    if (store.spread()) {
      problems.error(at + ".redis", "a Cluster cannot be used", "name one Redis, or its Sentinels");
    }
    secrets(at, store, addresses);
    prefix(at, store.prefix());
    tls(at + ".tls", store.tls(), addresses.stream().anyMatch(StoreAddress::secure));
  }

  private void node(String at, Store store, StoreAddress address) {
    if (store.spread() && address.watched()) {
      problems.error(at, "Sentinels watch no Cluster", "name its nodes with 'redis://'");
    }
    if (store.spread() && address.database() != 0) {
      problems.error(at, "a Cluster has no databases but 0", "leave the number away");
    }
  }

  private void secrets(String at, Store store, List<StoreAddress> addresses) {
    if (store.user() != null && store.password() == null) {
      problems.error(at + ".user", "a user without a password", "add 'password'");
    }
    if (store.sentinelPassword() != null && addresses.stream().noneMatch(StoreAddress::watched)) {
      problems.warning(at + ".sentinelPassword", "not used: no Sentinels are asked");
    }
    boolean far =
        addresses.stream()
            .filter(address -> !address.secure())
            .flatMap(address -> address.hosts().stream())
            .anyMatch(host -> !isHere(host.host()));
    if (far && store.password() != null) {
      problems.warning(
          at + ".password", "the password can be read on the way", "begin with 'rediss://'");
    }
  }

  private static boolean isHere(String host) {
    return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
  }

  private void prefix(String at, String prefix) {
    boolean plain =
        !prefix.isEmpty()
            && prefix.length() <= LONGEST_PREFIX
            && prefix.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '{' && c != '}');
    if (!plain) {
      problems.error(
          at + ".prefix",
          "a prefix is 1 to " + LONGEST_PREFIX + " characters of ASCII, without spaces and braces");
    }
  }

  private void tls(String at, Store.Tls tls, boolean secure) {
    if (tls.ca() instanceof String ca) {
      Files.check(at + ".ca", ca, problems);
    }
    if (tls.certificate() instanceof KeyPair pair) {
      Files.check(at + ".certificate.chain", pair.chain(), problems);
      Files.check(at + ".certificate.key", pair.key(), problems);
    }
    boolean set = tls.ca() != null || tls.certificate() != null || !tls.verify();
    if (set && !secure) {
      problems.warning(at, "not used: no URL begins with 'rediss'");
    } else if (!tls.verify()) {
      problems.warning(
          at + ".verify",
          "certificates are not verified: anybody on the way can read and change what is counted",
          "name the authority with 'ca' instead");
    }
  }
}
