package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.Headers;
import dev.headgate.jose.Malformed;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CookiesFuzzTest {
  private static final String NAME = "__Host-session";
  private static final ClientInfo CLIENT =
      new ClientInfo("l", InetAddress.getLoopbackAddress(), "127.0.0.1", 1, true, null, null);

  private static Exchange asking(String cookie) {
    Headers headers = new Headers();
    headers.add("Cookie", cookie);
    return new Exchange(
        CLIENT,
        "HTTP/1.1",
        new Exchange.Head("GET", "a", "a", "/", false),
        headers,
        new Headers(),
        1);
  }

  @Test
  void whatIsSetIsReadAgainHoweverLongItIs() {
    for (int length : List.of(1, 3799, 3800, 7599, 7600, 20_000)) {
      String sealed = "x".repeat(length);
      List<String> setting =
          Cookies.of(asking("a=b"), NAME).settingSession(sealed, Duration.ofHours(1));
      String cookie =
          String.join(
              "; ", setting.stream().map(one -> one.substring(0, one.indexOf(';'))).toList());
      Cookies read = Cookies.of(asking("a=b; " + cookie + "; c=d"), NAME);
      assertThat(read.session()).isEqualTo(sealed);
      assertThat(setting).allMatch(one -> one.length() < 4096);
    }
    assertThat(Cookies.of(asking("a"), NAME).settingSession("x".repeat(30_000), Duration.ZERO))
        .isEmpty();
  }

  @FuzzTest
  void noCookieOfOursGetsThroughAndOthersDo(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[\\x00-\\x1f]", "");
    Exchange exchange = asking(text + ";own=1;" + NAME + "=1a; " + NAME + ".1=b");
    Cookies cookies = Cookies.of(exchange, NAME);
    cookies.session();
    cookies.clearingSession();
    cookies.login(text);
    assertThat(cookies.clearingOldLogins()).hasSizeLessThanOrEqualTo(8);
    Cookies.remove(exchange, NAME);
    assertThat(Cookies.of(exchange, NAME).hasSession()).isFalse();
    assertThat(exchange.requestHeaders().get("cookie")).contains("own=1").doesNotContain("=1a");
  }

  @FuzzTest
  void whatTokenEndpointsAnswerIsReadStrictly(byte[] bytes) {
    try {
      TokenAnswer answer = TokenAnswer.read(bytes);
      assertThat(answer.seconds()).isNotNegative();
      assertThat(answer.idToken()).matches("[ -~]{0,16384}");
    } catch (Malformed e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
