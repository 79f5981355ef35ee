package dev.headgate.upstream;

import dev.headgate.config.Upstream;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint is.
 *
 * @param name host:port, as shown in logs
 * @param host an address or a name
 * @param secure whether it speaks TLS
 */
record EndpointAddress(String name, String host, int port, boolean secure, int weight) {
  /** The address, if the host is one and no name. */
  @Nullable InetAddress literal() {
    return NetUtil.createInetAddressFromIpAddressString(host);
  }

  static EndpointAddress of(Upstream.Endpoint endpoint) {
    boolean secure = "https".equalsIgnoreCase(endpoint.url().getScheme());
    int port = endpoint.url().getPort() > 0 ? endpoint.url().getPort() : secure ? 443 : 80;
    String host = endpoint.url().getHost();
    String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new EndpointAddress(host + ":" + port, literal, port, secure, endpoint.weight());
  }
}
