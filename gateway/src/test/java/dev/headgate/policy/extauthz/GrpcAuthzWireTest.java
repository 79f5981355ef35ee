package dev.headgate.policy.extauthz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service of grpc-java decides, with messages that protobuf-java reads and writes. */
class GrpcAuthzWireTest {
  private static final String SERVICE = "envoy.service.auth.v3.Authorization";
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };
  private static final MethodDescriptor<byte[], byte[]> CHECK =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Check"))
          .build();

  private final BlockingQueue<byte[]> asked = new LinkedBlockingQueue<>();
  private final AtomicReference<byte[]> answer = new AtomicReference<>();
  private final AtomicReference<Status> failure = new AtomicReference<>();
  private Server server;
  private ScriptedOrigin origin;

  @BeforeEach
  void start() throws IOException {
    answer.set(allowed(UnknownFieldSet.getDefaultInstance()));
    server = server(0);
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  private Server server(int port) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
        .directExecutor()
        .addService(
            ServerServiceDefinition.builder(SERVICE)
                .addMethod(CHECK, ServerCalls.asyncUnaryCall(this::check))
                .build())
        .build()
        .start();
  }

  private void check(byte[] request, StreamObserver<byte[]> responses) {
    asked.add(request);
    Status status = failure.get();
    if (status != null) {
      responses.onError(status.asRuntimeException());
    } else {
      responses.onNext(answer.get());
      responses.onCompleted();
    }
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
    origin.close();
  }

  private GatewayUnderTest gateway(String more) {
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              keys: { apiKey: {} }
              asked: { extAuthz: { url: "http://127.0.0.1:%d", protocol: grpc%s } }
            routes:
              orders: { match: { path: /orders/** }, auth: public, policies: [asked], to: o }
              known: { match: { path: /known/** }, auth: keys, policies: [asked], to: o }
            consumers:
              acme: { credentials: [{ apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae } }] }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), server.getPort(), more));
  }

  private static RawResponse get(RawClient client, String path, String... fields)
      throws IOException {
    client.send("GET " + path + " HTTP/1.1\r\nHost: api.example:8080\r\n");
    for (String field : fields) {
      client.send(field + "\r\n");
    }
    client.send("\r\n");
    return client.readResponse();
  }

  // messages

  private static UnknownFieldSet.Builder message() {
    return UnknownFieldSet.newBuilder();
  }

  private static Field text(String text) {
    return Field.newBuilder().addLengthDelimited(ByteString.copyFrom(text, UTF_8)).build();
  }

  private static Field inside(UnknownFieldSet... messages) {
    Field.Builder field = Field.newBuilder();
    for (UnknownFieldSet each : messages) {
      field.addLengthDelimited(each.toByteString());
    }
    return field.build();
  }

  private static Field number(long number) {
    return Field.newBuilder().addVarint(number).build();
  }

  private static byte[] allowed(UnknownFieldSet ok) {
    return message()
        .addField(1, inside(UnknownFieldSet.getDefaultInstance()))
        .addField(3, inside(ok))
        .addField(4, inside(message().addField(1, text("metadata")).build()))
        .build()
        .toByteArray();
  }

  private static byte[] denied(long code, UnknownFieldSet denied) {
    return message()
        .addField(1, inside(message().addField(1, number(code)).build()))
        .addField(2, inside(denied))
        .build()
        .toByteArray();
  }

  private static UnknownFieldSet header(String name, String value) {
    return message()
        .addField(1, inside(message().addField(1, text(name)).addField(2, text(value)).build()))
        .build();
  }

  private static UnknownFieldSet header(String name, String value, int action) {
    return header(name, value).toBuilder().addField(3, number(action)).build();
  }

  private static UnknownFieldSet parsed(ByteString bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UnknownFieldSet at(UnknownFieldSet message, int... fields) {
    UnknownFieldSet found = message;
    for (int field : fields) {
      found = parsed(found.getField(field).getLengthDelimitedList().getFirst());
    }
    return found;
  }

  private static String text(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
  }

  private static Map<String, String> map(UnknownFieldSet message, int field) {
    Map<String, String> map = new TreeMap<>();
    for (ByteString bytes : message.getField(field).getLengthDelimitedList()) {
      UnknownFieldSet entry = parsed(bytes);
      map.put(text(entry, 1), text(entry, 2));
    }
    return map;
  }

  @Test
  void theServiceIsToldWhatEnvoyWouldTellIt() throws Exception {
    try (var gateway = gateway(", identity: { Consumer: consumer }");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/known/./7?a=1", "X-API-Key: foo", "X-A: 1", "x-a: 2").status())
          .isEqualTo(200);
      UnknownFieldSet attributes = at(UnknownFieldSet.parseFrom(asked.take()), 1);
      UnknownFieldSet address = at(attributes, 1, 1, 1);
      assertThat(text(address, 2)).isEqualTo("127.0.0.1");
      assertThat(address.getField(3).getVarintList()).isNotEmpty();
      UnknownFieldSet http = at(attributes, 4, 2);
      assertThat(text(http, 1)).isEqualTo(origin.onlyRequest().header("x-request-id"));
      assertThat(text(http, 2)).isEqualTo("GET");
      assertThat(text(http, 4)).isEqualTo("/known/7?a=1");
      assertThat(text(http, 5)).isEqualTo("api.example:8080");
      assertThat(text(http, 6)).isEqualTo("http");
      assertThat(http.getField(9).getVarintList()).containsExactly(-1L);
      assertThat(text(http, 10)).isEqualTo("HTTP/1.1");
      assertThat(map(http, 3))
          .containsEntry("x-a", "1,2")
          .containsEntry("x-api-key", "foo")
          .containsEntry(":path", "/known/7?a=1")
          .containsEntry(":authority", "api.example:8080");
      assertThat(map(attributes, 10))
          .containsExactlyInAnyOrderEntriesOf(Map.of("route", "known", "consumer", "acme"));
    }
  }

  @Test
  void whatItSaysOfTheRequestAndTheAnswerIsDone() throws Exception {
    answer.set(
        allowed(
            message()
                .addField(
                    2,
                    inside(
                        header("X-User", "ada"),
                        header("X-Role", "a", 1),
                        header("X-Role", "b", 1),
                        header("X-None", "1", 3)))
                .addField(5, text("x-gone"))
                .addField(6, inside(header("X-Told", "1")))
                .build()));
    try (var gateway = gateway(", toUpstream: [X-User, X-Role, X-None]");
        RawClient client = gateway.connect()) {
      RawResponse told = get(client, "/orders/1", "X-User: root", "X-Gone: 1", "X-None: x");
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.headers("x-user")).containsExactly("ada");
      assertThat(request.headers("x-role")).containsExactly("a");
      assertThat(request.header("x-none")).isNull();
      assertThat(request.header("x-gone")).isNull();
      assertThat(told.header("x-told")).isEqualTo("1");
    }
  }

  @Test
  void whoIsRefusedGetsWhatItSays() throws Exception {
    answer.set(
        denied(
            16,
            message()
                .addField(1, inside(message().addField(1, number(401)).build()))
                .addField(2, inside(header("WWW-Authenticate", "Basic")))
                .addField(3, text("grüße"))
                .build()));
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      RawResponse refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.header("www-authenticate")).isEqualTo("Basic");
      assertThat(refused.text()).isEqualTo("grüße");

      answer.set(denied(7, UnknownFieldSet.getDefaultInstance()));
      refused = get(client, "/orders/1");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text()).contains("\"reason\":\"ext_authz.denied\"");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void anAnswerThatCannotBeUnderstoodLetsNobodyIn() throws Exception {
    try (var gateway = gateway(", breaker: { failures: 100 }");
        RawClient client = gateway.connect()) {
      for (byte[] strange :
          new byte[][] {
            {},
            "hello".getBytes(UTF_8),
            {0x0a, 0x7f},
            {0x0b},
            denied(0, UnknownFieldSet.getDefaultInstance()),
            denied(
                7,
                message().addField(1, inside(message().addField(1, number(200)).build())).build()),
            allowed(message().addField(2, inside(header("X-Other", "1"))).build()),
            allowed(message().addField(6, inside(header("Connection", "close"))).build()),
            allowed(message().addField(6, inside(header("X-A", "1\r\nX-B: 2"))).build()),
            allowed(message().addField(5, text("host")).build()),
          }) {
        answer.set(strange);
        assertThat(get(client, "/orders/1").text()).contains("ext_authz.unavailable");
      }
      failure.set(Status.INTERNAL);
      assertThat(get(client, "/orders/1").text()).contains("ext_authz.unavailable");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void whileItIsAwayNobodyGetsInAndThenAllDoAgain() throws Exception {
    try (var gateway = gateway(", timeout: 500ms, breaker: { failures: 2, open: 100ms }");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1").status()).isEqualTo(200);
      int port = server.getPort();
      server.shutdownNow().awaitTermination();
      for (int i = 0; i < 3; i++) {
        assertThat(get(client, "/orders/1").status()).isEqualTo(503);
      }
      server = server(port);
      while (get(client, "/orders/1").status() != 200) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aServiceThatSpeaksAnotherProtocolDecidesNothing() throws Exception {
    server.shutdownNow();
    try (ScriptedOrigin other =
            ScriptedOrigin.startRaw(connection ->
                connection
                    .wire()
                    .output()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8)));
        var gateway =
            new Gateways("nio")
                .start(
                    """
                    listeners: { plain: { address: "127.0.0.1:0" } }
                    policies: { asked: { extAuthz: { url: "%s", protocol: grpc, timeout: 1s } } }
                    routes: { r: { match: { path: /** }, auth: public, policies: [asked], respond: { body: in } } }
                    telemetry: { accessLog: { to: "off" } }
                    """
                        .formatted(other.url()));
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/orders/1").status()).isEqualTo(503);
    }
  }
}
