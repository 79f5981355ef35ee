package dev.headgate.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GrpcHealthTest {
  private static @Nullable String problem(String type, String grpcStatus, byte... body) {
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, type);
    Headers trailers = new Headers();
    trailers.add(HeaderName.GRPC_STATUS, grpcStatus);
    return GrpcHealth.problem(new Answer.Answered(200, headers, body, trailers));
  }

  private static @Nullable String problem(byte... body) {
    return problem("application/grpc", "0", body);
  }

  @Test
  void asksAboutAServiceOrTheWholeServer() {
    assertThat(GrpcHealth.question("")).containsExactly(0, 0, 0, 0, 0);
    assertThat(GrpcHealth.question("ab"))
        .containsExactly(0, 0, 0, 0, 4, 0x0a, 2, "ab".getBytes(US_ASCII)[0], 'b');
  }

  @Test
  void onlyServingIsWell() {
    assertThat(problem((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 2, (byte) 8, (byte) 1))
        .isNull();
    assertThat(problem((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 2, (byte) 8, (byte) 2))
        .isEqualTo("not serving: NOT_SERVING");
    assertThat(problem((byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0))
        .isEqualTo("not serving: UNKNOWN");
  }

  @Test
  void whatIsNoAnswerIsNotWell() {
    byte[] serving = {0, 0, 0, 0, 2, 8, 1};
    assertThat(problem("application/grpc+proto", "0", serving)).isNull();
    assertThat(problem("text/html", "0", serving)).isEqualTo("an answer that is not of gRPC");
    assertThat(problem("application/grpc", "12", serving)).isEqualTo("grpc-status 12");
    assertThat(problem("application/grpc", "<b>", serving)).isEqualTo("grpc-status none");
    assertThat(problem()).isEqualTo("an answer that is not one message");
    serving[0] = 1;
    assertThat(problem(serving)).isEqualTo("an answer that is not one message");
  }

  @Test
  void anyBytesAreReadWithoutHarm() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] body = new byte[random.nextInt(12)];
      random.nextBytes(body);
      if (body.length > 4 && random.nextBoolean()) {
        body[0] = body[1] = body[2] = body[3] = 0;
        body[4] = (byte) (body.length - 5);
      }
      String problem = problem(body);
      assertThat(problem == null)
          .isEqualTo(
              body.length == 7
                  && body[0] == 0
                  && body[4] == 2
                  && body[5] == 8
                  && body[6] == 1
                  && body[1] == 0
                  && body[2] == 0
                  && body[3] == 0);
    }
  }
}
