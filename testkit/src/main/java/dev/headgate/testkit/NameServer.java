package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server on a UDP port of 127.0.0.1 that answers as a test says: IPv4 addresses for the
 * names it was given, no addresses of IPv6 for them, and no such name for all others.
 *
 * <pre>{@code
 * try (var names = NameServer.start()) {
 *   names.answer("orders.test", Duration.ofSeconds(1), "127.0.0.2");
 *   …
 *   names.fallSilent();
 * }
 * }</pre>
 */
public final class NameServer implements AutoCloseable {
  private static final int HEADER = 12;
  private static final short IPV4 = 1;
  private static final short INTERNET = 1;
  private static final int NO_SUCH_NAME = 3;

  private record Answer(int ttlSeconds, List<byte[]> addresses) {}

  private final DatagramSocket socket;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final AtomicInteger queries = new AtomicInteger();
  private volatile boolean silent;

  private NameServer(DatagramSocket socket) {
    this.socket = socket;
  }

  public static NameServer start() throws IOException {
    NameServer server =
        new NameServer(
            new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
    Thread.ofPlatform().daemon().name("name-server-" + server.port()).start(server::serve);
    return server;
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** From now on the name has these IPv4 addresses. */
  public void answer(String name, Duration ttl, String... addresses) {
    answers.put(
        name,
        new Answer(
            (int) ttl.toSeconds(),
            Arrays.stream(addresses)
                .map(address -> InetAddress.ofLiteral(address).getAddress())
                .toList()));
  }

  /** Takes queries from now on, and answers none. */
  public void fallSilent() {
    silent = true;
  }

  /** How many queries have arrived. */
  public int queries() {
    return queries.get();
  }

  private void serve() {
    byte[] block = new byte[512];
    while (!socket.isClosed()) {
      DatagramPacket query = new DatagramPacket(block, block.length);
      try {
        socket.receive(query);
        queries.incrementAndGet();
        if (!silent) {
          byte[] answer = answer(ByteBuffer.wrap(block, 0, query.getLength()));
          socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** RFC 1035 section 4. */
  private byte[] answer(ByteBuffer query) {
    short id = query.getShort();
    query.position(HEADER);
    StringBuilder name = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, US_ASCII));
    }
    short type = query.getShort();
    int end = query.getShort() == INTERNET ? query.position() : HEADER;
    Answer known = answers.get(name.toString().toLowerCase(Locale.ROOT));
    List<byte[]> addresses = known == null || type != IPV4 ? List.of() : known.addresses();
    ByteBuffer answer = ByteBuffer.allocate(end + addresses.size() * 16);
    answer.putShort(id).putShort((short) (0x8580 | (known == null ? NO_SUCH_NAME : 0)));
    answer.putShort((short) 1).putShort((short) addresses.size()).putInt(0);
    answer.put(query.array(), HEADER, end - HEADER);
    for (byte[] address : addresses) {
      // The name is the one at the 12th byte.
      answer.putShort((short) (0xc000 | HEADER)).putShort(IPV4).putShort(INTERNET);
      answer.putInt(known == null ? 0 : known.ttlSeconds());
      answer.putShort((short) address.length).put(address);
    }
    return answer.array();
  }

  @Override
  public void close() {
    socket.close();
  }
}
