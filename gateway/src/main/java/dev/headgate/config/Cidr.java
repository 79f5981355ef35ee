package dev.headgate.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * A network: an address and the number of leading bits that count. An IPv4-mapped IPv6 address
 * counts as IPv4.
 *
 * <p>Written as {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address.
 */
public final class Cidr {
  private final byte[] network;
  private final int bits;

  /**
   * @param address literal address, never a name: nothing is resolved
   * @param bits 0 to 32 for IPv4, 0 to 128 for IPv6
   * @throws IllegalArgumentException if bits are out of range or an address bit beyond them is set
   */
  public Cidr(InetAddress address, int bits) {
    this.network = address.getAddress();
    this.bits = bits;
    if (bits < 0 || bits > network.length * 8) {
      throw new IllegalArgumentException(
          "a prefix length from 0 to " + network.length * 8 + " is needed");
    }
    for (int i = bits; i < network.length * 8; i++) {
      if ((network[i >> 3] & (0x80 >> (i & 7))) != 0) {
        throw new IllegalArgumentException("bits are set beyond the prefix length " + bits);
      }
    }
  }

  /**
   * Reads what a user wrote. No name is looked up.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    if (!isAddress(literal)) {
      throw new IllegalArgumentException("an IP address is expected before the '/'");
    }
    InetAddress address = InetAddress.ofLiteral(literal);
    int width = address.getAddress().length * 8;
    if (slash < 0) {
      return new Cidr(address, width);
    }
    String digits = text.substring(slash + 1);
    boolean number =
        !digits.isEmpty()
            && digits.length() <= 3
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int bits = number ? Integer.parseInt(digits) : -1;
    boolean mapped = width == 32 && literal.indexOf(':') >= 0;
    return new Cidr(address, mapped ? bits - 96 : bits);
  }

  /** Whether the text is an IP address as it stands: no name, no zone, no short form of IPv4. */
  static boolean isAddress(String text) {
    if (text.isEmpty() || text.length() > 45 || text.indexOf('%') >= 0) {
      return false;
    }
    boolean v6 = text.indexOf(':') >= 0;
    if (!v6 && text.chars().filter(c -> c == '.').count() != 3) {
      return false;
    }
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether every address of its family lies in this network. */
  public boolean isEverything() {
    return bits == 0;
  }

  /**
   * Whether the address lies in this network. Allocates a small array; cheap enough for once a
   * connection.
   */
  public boolean contains(InetAddress address) {
    byte[] other = unmapped(address.getAddress());
    if (other.length != network.length) {
      return false;
    }
    int whole = bits >> 3;
    if (!Arrays.equals(network, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits & 7;
    return rest == 0 || ((network[whole] ^ other[whole]) & (0xff << (8 - rest))) == 0;
  }

  /** An IPv4 address that came in the form of IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 one. */
  private static byte[] unmapped(byte[] address) {
    if (address.length != 16 || address[10] != -1 || address[11] != -1) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return Arrays.copyOfRange(address, 12, 16);
  }

  /** Whether the address lies in any of these networks. */
  public static boolean anyContains(List<Cidr> networks, InetAddress address) {
    for (int i = 0; i < networks.size(); i++) {
      if (networks.get(i).contains(address)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Cidr other && bits == other.bits && Arrays.equals(network, other.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + bits;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError("an array of 4 or 16 bytes is always an address", e);
    }
  }
}
