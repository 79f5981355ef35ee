package dev.headgate.upstream;

import dev.headgate.config.HostPort;
import dev.headgate.config.Upstream;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint is.
 *
 * @param name host:port, as shown in logs
 * @param host an address or a name
 * @param authority the host as a request may carry it, with the port unless it is the usual one
 * @param secure whether it speaks TLS
 */
record EndpointAddress(String name, String host, int port, String authority, boolean secure) {
  /** The address, if the host is one and no name. */
  @Nullable InetAddress literal() {
    return NetUtil.createInetAddressFromIpAddressString(host);
  }

  static EndpointAddress of(Upstream.Endpoint endpoint) {
    HostPort address = endpoint.address();
    String name = address.toString();
    String authority =
        address.port() == endpoint.usualPort() ? name.substring(0, name.lastIndexOf(':')) : name;
    return new EndpointAddress(name, address.host(), address.port(), authority, endpoint.secure());
  }
}
