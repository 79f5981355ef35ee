package dev.headgate.tls;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one of several certificates by the name that a client asks for: an exact name first, then
 * a wildcard, then the first certificate. Of two certificates with the same name the earlier wins.
 *
 * <p>A wildcard stands for exactly one label, the leftmost, and only as a whole (RFC 9525, section
 * 6.3), so a look-up is two hash look-ups however many certificates there are.
 */
final class ServerNames {
  private final Map<String, Integer> exact = new HashMap<>();

  /** By what follows the star, the dot included. */
  private final Map<String, Integer> wildcards = new HashMap<>();

  ServerNames(List<KeyMaterial> certificates) {
    for (int i = 0; i < certificates.size(); i++) {
      for (String name : certificates.get(i).names()) {
        if (name.startsWith("*.")) {
          wildcards.putIfAbsent(name.substring(1), i);
        } else {
          exact.putIfAbsent(name, i);
        }
      }
    }
  }

  /**
   * @param name in lower case, null if the client asked for none
   * @return the index of the certificate to show
   */
  int choose(@Nullable String name) {
    if (name == null) {
      return 0;
    }
    Integer found = exact.get(name);
    if (found == null) {
      int dot = name.indexOf('.');
      found = dot <= 0 ? null : wildcards.get(name.substring(dot));
    }
    return found == null ? 0 : found;
  }
}
