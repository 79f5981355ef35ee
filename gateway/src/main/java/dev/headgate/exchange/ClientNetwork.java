package dev.headgate.exchange;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What counts as one client where clients are told apart by their address: an IPv4 address, or an
 * IPv6 network of 64 bits, as whoever has such a network has 2^64 addresses in it.
 */
public final class ClientNetwork {
  private static final int IPV6_BYTES = 8;

  private ClientNetwork() {}

  /** The bytes that name the client at an address. */
  public static byte[] of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_BYTES) : bytes;
  }

  /** Such bytes as people write them. */
  public static String text(byte[] client) {
    try {
      return client.length == IPV6_BYTES
          ? InetAddress.getByAddress(Arrays.copyOf(client, 2 * IPV6_BYTES)).getHostAddress() + "/64"
          : InetAddress.getByAddress(client).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address has " + client.length + " bytes", e);
    }
  }
}
