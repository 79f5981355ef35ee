package dev.headgate.config;

/**
 * An address to listen on, as {@code host:port} or {@code [ipv6]:port}.
 *
 * @param host an IP address or a name; {@code 0.0.0.0} or {@code ::} for every interface
 * @param port 0 to 65535; 0 lets the system choose
 */
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads what a user wrote. No name is looked up.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          text.chars().allMatch(c -> c >= '0' && c <= '9')
              ? "add the host: '127.0.0.1:"
                  + text
                  + "', or '0.0.0.0:"
                  + text
                  + "' for every interface"
              : "add the port, as in 'HOST:8080'");
    }
    String host = text.substring(0, colon);
    if (host.isEmpty()) {
      throw new IllegalArgumentException("add the host: '0.0.0.0" + text + "' is every interface");
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (!Cidr.isAddress(host) || host.indexOf(':') < 0) {
        throw new IllegalArgumentException("an IPv6 address is expected inside [ ]");
      }
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException("put an IPv6 address in brackets: '[::1]:8080'");
    } else if (!isName(host)) {
      throw new IllegalArgumentException("the host is neither an address nor a name");
    }
    return new HostPort(host, port(text.substring(colon + 1)));
  }

  /** Whether the host is an IP address, with no name to be looked up. */
  public boolean isLiteral() {
    return Cidr.isAddress(host);
  }

  private static int port(String digits) {
    boolean number =
        !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(HostPort::isDigit);
    int port = number ? Integer.parseInt(digits) : -1;
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("the port is a number from 0 to " + MAX_PORT);
    }
    return port;
  }

  private static boolean isName(String host) {
    return host.length() <= 253
        && host.chars()
            .allMatch(c ->
                isDigit(c)
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || c == '.'
                    || c == '-'
                    || c == '_');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
