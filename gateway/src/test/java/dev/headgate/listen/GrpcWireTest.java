package dev.headgate.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Real gRPC, client and server, with the gateway between. */
@OnEveryTransport
class GrpcWireTest {
  private static final MethodDescriptor.Marshaller<String> TEXT =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
          return new ByteArrayInputStream(value.getBytes(UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
          try {
            return new String(stream.readAllBytes(), UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<String, String> ECHO = method("Echo", MethodType.UNARY);
  private static final MethodDescriptor<String, String> HANG = method("Hang", MethodType.UNARY);
  private static final MethodDescriptor<String, String> COUNT =
      method("Count", MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<String, String> JOIN =
      method("Join", MethodType.CLIENT_STREAMING);
  private static final MethodDescriptor<String, String> TALK =
      method("Talk", MethodType.BIDI_STREAMING);

  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final AtomicReference<Long> deadlineNanos = new AtomicReference<>();
  private Server server;
  @Parameter private Gateways gateways;
  private GatewayUnderTest gateway;
  private ManagedChannel channel;

  private static MethodDescriptor<String, String> method(String name, MethodType type) {
    return MethodDescriptor.<String, String>newBuilder(TEXT, TEXT)
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("headgate.Test", name))
        .build();
  }

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder("headgate.Test")
                    .addMethod(ECHO, ServerCalls.asyncUnaryCall(this::echo))
                    .addMethod(HANG, ServerCalls.asyncUnaryCall(this::hang))
                    .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(this::count))
                    .addMethod(JOIN, ServerCalls.asyncClientStreamingCall(this::join))
                    .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::talk))
                    .build())
            .build()
            .start();
    gateway = gateways.inFrontOfHttp2("http://127.0.0.1:" + server.getPort());
    channel = NettyChannelBuilder.forAddress("127.0.0.1", gateway.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    gateway.close();
    server.shutdownNow();
  }

  @Test
  void callsAndAnswers() {
    assertThat(call(ECHO, "hello")).isEqualTo("hello");
    String large = "x".repeat(3_000_000);
    assertThat(call(ECHO, large)).isEqualTo(large);
    assertThat(call(ECHO, "")).isEmpty();
  }

  @Test
  void passesMetadataAndStatus() {
    Metadata sent = new Metadata();
    sent.put(Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {0, 1, 2});
    var intercepted =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(sent));
    assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(intercepted, ECHO, CallOptions.DEFAULT, "fail"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).isEqualTo("not good: ü");
              Metadata trailers = Objects.requireNonNull(Status.trailersFromThrowable(e));
              assertThat(trailers.get(Metadata.Key.of("x-more", Metadata.ASCII_STRING_MARSHALLER)))
                  .isEqualTo("1");
            });
  }

  @Test
  void streamsFromTheServer() {
    Iterator<String> answers =
        ClientCalls.blockingServerStreamingCall(channel, COUNT, CallOptions.DEFAULT, "1000");
    for (int i = 0; i < 1000; i++) {
      assertThat(answers.next()).isEqualTo(Integer.toString(i));
    }
    assertThat(answers.hasNext()).isFalse();
  }

  @Test
  void streamsToTheServer() throws Exception {
    Answers answers = new Answers();
    StreamObserver<String> requests =
        ClientCalls.asyncClientStreamingCall(channel.newCall(JOIN, CallOptions.DEFAULT), answers);
    for (int i = 0; i < 1000; i++) {
      requests.onNext("x");
    }
    requests.onCompleted();
    assertThat(answers.next()).isEqualTo("x".repeat(1000));
    answers.ended.get();
  }

  @Test
  void streamsBothWaysInTurn() throws Exception {
    Answers answers = new Answers();
    StreamObserver<String> requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), answers);
    for (int i = 0; i < 100; i++) {
      requests.onNext("m" + i);
      assertThat(answers.next()).isEqualTo("m" + i + "!");
    }
    requests.onCompleted();
    answers.ended.get();
  }

  @Test
  void tellsTheServerTheDeadlineAndEndsTheCallWithIt() throws Exception {
    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel,
                HANG,
                CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS),
                "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(deadlineNanos.get()).isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
  }

  @Test
  void passesOnThatACallIsCancelled() throws Exception {
    var call = channel.newCall(HANG, CallOptions.DEFAULT);
    var future = ClientCalls.futureUnaryCall(call, "x");
    assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
    future.cancel(true);
    assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(call(ECHO, "still here")).isEqualTo("still here");
  }

  @Test
  void saysUnavailableWhereTheServerIs() throws Exception {
    server.shutdownNow().awaitTermination();
    assertThatThrownBy(() -> call(ECHO, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void answersACallThatItCannotServeAsGrpcDoes() throws Exception {
    server.shutdownNow().awaitTermination();
    try (var client = gateway.connectHttp2()) {
      var response = client.post("/headgate.Test/Echo", "", "content-type: application/grpc");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("grpc-status")).isEqualTo("14");
      assertThat(response.header("grpc-message")).startsWith("upstream.");
      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  void endsACallOfWhichTheDeadlineHasPassed() throws Exception {
    try (var client = gateway.connectHttp2()) {
      byte[] message = {0, 0, 0, 0, 1, 'x'};
      var stream =
          client.open(
              "POST",
              "/headgate.Test/Hang",
              "content-type: application/grpc",
              "te: trailers",
              "grpc-timeout: 300m");
      stream.send(message, true);
      var response = stream.response();
      String status = response.header("grpc-status");
      assertThat(status == null ? response.trailer("grpc-status") : status).isEqualTo("4");
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private String call(MethodDescriptor<String, String> method, String request) {
    return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
  }

  // The server.

  private void echo(String request, StreamObserver<String> answer) {
    if (request.equals("fail")) {
      Metadata trailers = new Metadata();
      trailers.put(Metadata.Key.of("x-more", Metadata.ASCII_STRING_MARSHALLER), "1");
      answer.onError(
          Status.INVALID_ARGUMENT.withDescription("not good: ü").asRuntimeException(trailers));
    } else {
      answer.onNext(request);
      answer.onCompleted();
    }
  }

  private void hang(String request, StreamObserver<String> answer) {
    var deadline = Context.current().getDeadline();
    if (deadline != null) {
      deadlineNanos.set(deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }
    ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(cancelled::countDown);
    hanging.countDown();
  }

  private void count(String request, StreamObserver<String> answer) {
    for (int i = 0; i < Integer.parseInt(request); i++) {
      answer.onNext(Integer.toString(i));
    }
    answer.onCompleted();
  }

  private StreamObserver<String> join(StreamObserver<String> answer) {
    List<String> all = new ArrayList<>();
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        all.add(value);
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        answer.onNext(String.join("", all));
        answer.onCompleted();
      }
    };
  }

  private StreamObserver<String> talk(StreamObserver<String> answer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(String value) {
        answer.onNext(value + "!");
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        answer.onCompleted();
      }
    };
  }

  private static final class Answers implements StreamObserver<String> {
    private final BlockingQueue<String> values = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    String next() throws InterruptedException {
      String value = values.poll(10, TimeUnit.SECONDS);
      assertThat(value).isNotNull();
      return Objects.requireNonNull(value);
    }

    @Override
    public void onNext(String value) {
      values.add(value);
    }

    @Override
    public void onError(Throwable t) {
      ended.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }
}
