package dev.headgate.config;

/**
 * An address to listen on, as {@code host:port} or {@code [ipv6]:port}.
 *
 * @param host an IP address or a name; {@code 0.0.0.0} or {@code ::} for every interface
 * @param port 0 to 65535; 0 lets the system choose
 */
public record HostPort(String host, int port) {
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
