package dev.headgate.policy.xmlthreats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** XML that may pass, and other bodies, of which no upstream gets the end. */
@OnEveryTransport
class XmlThreatsWireTest {
  private static final String XML = "Content-Type: text/xml; charset=utf-8\r\n";

  @Parameter private Gateways gateways;

  private GatewayUnderTest inFrontOf(ScriptedOrigin origin) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"] } }
        policies: { xml: { xmlThreats: { passTypes: [application/json] } } }
        routes:
          checked:
            match: { path: /** }
            auth: public
            policies: [xml, { jsonThreats: { passTypes: [application/xml, application/*+xml, text/xml] } }]
            to: o
          reported: { match: { path: /reported }, auth: public, policies: [{ use: xml, mode: report }], to: o }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(origin.url()));
  }

  private static ScriptedOrigin origin() {
    return ScriptedOrigin.start(exchange -> {
      exchange.readBody();
      exchange.respond(200, "in");
    });
  }

  private static String post(GatewayUnderTest gateway, String path, String fields, String body)
      throws IOException {
    try (RawClient client = gateway.connect()) {
      client.send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: a\r\n"
              + fields
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      RawResponse answer = client.readResponse();
      String text = answer.text();
      int at = text.indexOf("\"reason\":\"");
      return answer.status() == 200
          ? "200"
          : answer.status() + " " + text.substring(at + 10, text.indexOf('"', at + 10));
    }
  }

  private static String gzip(String content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void goodXmlPassesAsItIsAndSoDoesGoodJsonBesideIt() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var http2 = gateway.connectHttp2()) {
      String soap =
          "<?xml version=\"1.0\"?><s:E xmlns:s='urn:s'>"
              + "<s:B a='1'>text</s:B>".repeat(5000)
              + "</s:E>";
      assertThat(post(gateway, "/", XML, soap)).isEqualTo("200");
      assertThat(origin.lastRequest().text()).isEqualTo(soap);
      assertThat(http2.post("/", soap, "content-type: application/soap+xml").status())
          .isEqualTo(200);
      assertThat(post(gateway, "/", XML + "Content-Encoding: gzip\r\n", gzip("<a/>")))
          .isEqualTo("200");
      assertThat(post(gateway, "/", "Content-Type: application/json\r\n", "{}")).isEqualTo("200");
    }
  }

  @Test
  void ofABadBodyTheUpstreamNeverGetsTheEnd() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin);
        var http2 = gateway.connectHttp2()) {
      String[][] cases = {
        {"<a>", "xml.malformed"},
        {"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "xml.dtd"},
        {"<a>&x;</a>", "xml.entity"},
        {"<a>".repeat(41), "xml.too_deep"},
        {"<a b='" + "x".repeat(9000) + "'/>", "xml.attribute_too_long"},
        {"<a>" + "<b/>".repeat(10_001) + "</a>", "xml.too_many_children"},
      };
      for (String[] one : cases) {
        assertThat(post(gateway, "/", XML, one[0])).isEqualTo("400 " + one[1]);
        assertThat(http2.post("/", one[0], "content-type: application/xml").text())
            .contains("\"" + one[1] + "\"");
      }
      assertThat(post(gateway, "/", "Content-Type: application/json\r\n", "{"))
          .isEqualTo("400 json.malformed");
      assertThat(post(gateway, "/", "Content-Type: text/plain\r\n", "<a/>"))
          .isEqualTo("415 xml.type");
      assertThat(post(gateway, "/", "Content-Type: text/xml;charset=latin1\r\n", "<a/>"))
          .isEqualTo("415 xml.charset");
      assertThat(post(gateway, "/", XML, "<?xml version='1.0' encoding='latin1'?><a/>"))
          .startsWith("4");
      origin.awaitOpenConnections(0);
      assertThat(origin.requests()).noneMatch(ReceivedRequest::isComplete);
    }
  }

  @Test
  void whatIsOnlyReportedPassesWhole() throws Exception {
    try (var origin = origin();
        var gateway = inFrontOf(origin)) {
      String body = "<!DOCTYPE a><a/>";
      assertThat(post(gateway, "/reported", XML, body)).isEqualTo("200");
      assertThat(origin.lastRequest().text()).isEqualTo(body);
      gateway.awaitMetric("headgate_would_deny_total{policy=\"xml\",reason=\"xml.dtd\"}", 1);
    }
  }
}
