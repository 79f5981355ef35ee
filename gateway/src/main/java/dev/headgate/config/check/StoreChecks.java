package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.config.Store;
import dev.headgate.config.StoreAddress;

/** The rules of stores that several nodes share. */
final class StoreChecks {
  private static final int LONGEST_PREFIX = 64;

  private final Problems problems;

  StoreChecks(Problems problems) {
    this.problems = problems;
  }

  /** The URL is not quoted here: a mistaken one may hold a password. */
  void check(String at, Store store) {
    try {
      StoreAddress address = StoreAddress.parse(store.redis());
      secrets(at, store, address);
      tls(at + ".tls", store.tls(), address.secure());
    } catch (IllegalArgumentException e) {
      problems.error(at + ".redis", "not the URL of a Redis", String.valueOf(e.getMessage()));
    }
    prefix(at, store.prefix());
  }

  private void secrets(String at, Store store, StoreAddress address) {
    if (store.user() != null && store.password() == null) {
      problems.error(at + ".user", "a user without a password", "add 'password'");
    }
    if (store.sentinelPassword() != null && !address.watched()) {
      problems.warning(at + ".sentinelPassword", "not used: no Sentinels are asked");
    }
    boolean far =
        !address.secure() && address.hosts().stream().anyMatch(host -> !isHere(host.host()));
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
      problems.warning(at, "not used: the URL does not begin with 'rediss'");
    } else if (!tls.verify()) {
      problems.warning(
          at + ".verify",
          "certificates are not verified: anybody on the way can read and change what is counted",
          "name the authority with 'ca' instead");
    }
  }
}
