package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * PROXY protocol headers, for {@link Dial#prefix(byte[])}.
 *
 * <pre>{@code
 * Dial.port(port).prefix(ProxyHeader.v2("192.0.2.7", 5000, "192.0.2.1", 443))
 * }</pre>
 */
public final class ProxyHeader {
  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };

  private ProxyHeader() {}

  /** Version 1, text, for IPv4 or IPv6 by the source's form. */
  public static byte[] v1(String source, int sourcePort, String target, int targetPort) {
    String family = source.contains(":") ? "TCP6" : "TCP4";
    return ("PROXY "
            + family
            + " "
            + source
            + " "
            + target
            + " "
            + sourcePort
            + " "
            + targetPort
            + "\r\n")
        .getBytes(US_ASCII);
  }

  /** Version 2, binary, the command PROXY over a stream. */
  public static byte[] v2(String source, int sourcePort, String target, int targetPort) {
    return v2(source, sourcePort, target, targetPort, new byte[0]);
  }

  /** Version 2 with extensions: type, length in two bytes, value, as often as wanted. */
  public static byte[] v2(
      String source, int sourcePort, String target, int targetPort, byte[] extensions) {
    InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(source), sourcePort);
    byte[] fromAddress = from.getAddress().getAddress();
    byte[] toAddress = InetAddress.ofLiteral(target).getAddress();
    int length = fromAddress.length + toAddress.length + 4 + extensions.length;
    return ByteBuffer.allocate(16 + length)
        .put(SIGNATURE)
        .put((byte) 0x21)
        .put((byte) (fromAddress.length == 4 ? 0x11 : 0x21))
        .putShort((short) length)
        .put(fromAddress)
        .put(toAddress)
        .putShort((short) sourcePort)
        .putShort((short) targetPort)
        .put(extensions)
        .array();
  }

  /** Version 2, the command LOCAL: the proxy speaks for itself, a health check for example. */
  public static byte[] v2Local() {
    return ByteBuffer.allocate(16).put(SIGNATURE).put((byte) 0x20).put((byte) 0).array();
  }
}
