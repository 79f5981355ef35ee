package dev.headgate.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problem;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule: a sound configuration, one thing changed in it, and what is said about that. */
class ConfigChecksTest {
  private static final String SOUND =
      """
      listeners:
        main:
          address: 127.0.0.1:8080
      upstreams:
        orders:
          endpoints: [http://10.0.0.1:8080]
      routes:
        shop:
          match:
            host: api.example.com
            path: /orders/{id}/**
          auth: public
          to: orders
      """;

  private static Reading read(String text) {
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("h.yaml", text);
  }

  private static Problem only(String text) {
    Reading reading = read(text);
    assertThat(reading.problems().sorted()).as(reading.problems().report()).hasSize(1);
    return reading.problems().sorted().getFirst();
  }

  private static String changed(String line, String instead) {
    assertThat(SOUND).contains(line);
    return SOUND.replace(line, instead.replace("\\n", "\n"));
  }

  @Test
  void findsNothingWrongWithASoundConfiguration() {
    assertThat(read(SOUND).problems().report()).isEmpty();
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # runtime
          upstreams:\\n           | runtime: { resolver: ['dns.example.com:53'] }\\nupstreams:\\n        | runtime.resolver[0] | a name server is an IP address and a port
          upstreams:\\n           | runtime: { resolver: ['10.0.0.2:0'] }\\nupstreams:\\n                | runtime.resolver[0] | a name server is an IP address and a port
          # listeners
          8080\\n                     | 8080\\n    protocols: []\\n                  | listeners.main.protocols | no protocol
          8080\\n                     | 8080\\n    protocols: [http1, http1]\\n      | listeners.main.protocols[1] | this protocol is there twice
          8080\\n                     | 8080\\n    tls: { certificates: [] }\\n      | listeners.main.tls.certificates | TLS needs a certificate
          8080\\n                     | 8080\\n    tls: { certificates: { chain: a, key: b }, clients: { mode: required } }\\n | listeners.main.tls.clients | client certificates need 'ca', the authorities that they must come from
          8080\\n                     | 8080\\n    tls: { certificates: { chain: a, key: '' } }\\n | listeners.main.tls.certificates[0].key | the name of a file is empty
          8080\\n                     | 8080\\n    tls: { certificates: { chain: a, key: '-----BEGIN PRIVATE KEY-----' } }\\n | listeners.main.tls.certificates[0].key | expected the name of a PEM file, not its content
          8080\\n                     | 8080\\n  two:\\n    address: 0.0.0.0:8080\\n | listeners.two.address | 0.0.0.0:8080 is taken by listeners.main
          8080\\n                     | 8080\\nadmin: 127.0.0.1:8080\\n              | admin.address | 127.0.0.1:8080 is taken by listeners.main
          8080\\n                     | 8080\\n    limits: { headerCount: 0 }\\n     | listeners.main.limits.headerCount | must be from 1 to 10000; found '0'
          8080\\n                     | 8080\\n    limits: { idleTimeout: 0s }\\n    | listeners.main.limits.idleTimeout | must be from 1ms to 1d; found '0s'
          8080\\n                     | 8080\\ntelemetry: { accessLog: { to: /var/log/x } }\\n | telemetry.accessLog.to | expected stdout, off or file: and a path
          # upstreams
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    outlierDetection: { ejection: 10m }   | upstreams.orders.outlierDetection.maxEjection | the longest time is shorter than the first
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { grpc: true, service: 'a b' }\\n    protocol: http2   | upstreams.orders.health.service | this is no name of a service
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { grpc: true, path: /h }\\n    protocol: http2   | upstreams.orders.health.path | gRPC has a path of its own
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, service: a }   | upstreams.orders.health.service | only gRPC has services to ask about
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { grpc: true }   | upstreams.orders.health.grpc | gRPC needs HTTP/2
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    balance: { hash: client, algorithm: random }   | upstreams.orders.balance | an algorithm and a hash: only one can choose
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    balance: { hash: 'header:' }   | upstreams.orders.balance.hash | 'header:' is nothing that a request is about
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    balance: { hash: heder:X }   | upstreams.orders.balance.hash | 'heder:X' is nothing that a request is about
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    circuitBreaker: { slowCallRate: 0% }   | upstreams.orders.circuitBreaker.slowCallRate | with a share of nothing no request is sent
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    limits: { queue: 5 }   | upstreams.orders.limits.queue | without a bound nobody waits
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    adaptiveConcurrency: { min: 5, max: 4 }   | upstreams.orders.adaptiveConcurrency.max | the largest bound is smaller than the smallest
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    adaptiveConcurrency: {}\\n    limits: { requests: 5 }   | upstreams.orders.limits.requests | this is below adaptiveConcurrency.min, so nothing is left to find out
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    circuitBreaker: { failureRate: 0% }   | upstreams.orders.circuitBreaker.failureRate | with a share of nothing no request is sent
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, host: 'a b' }   | upstreams.orders.health.host | 'a b' is not a host name
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    retry: { on: [rest] }   | upstreams.orders.retry.on[0] | 'rest' is nothing after which a request is sent again
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    retry: { grpc: [unavailble] }   | upstreams.orders.retry.grpc[0] | 'unavailble' is no status that a gRPC call fails with
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    retry: { grpc: [aborted], body: 0B }   | upstreams.orders.retry.grpc | no call is ever sent again: every call has a body
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    hedge: p95\\n    retry: { attempts: 1 }   | upstreams.orders.hedge | there is no second attempt
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    hedge: soon   | upstreams.orders.hedge.after | expected a duration, like '50ms', or a percentile, like 'p95'; found 'soon'
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, method: get }   | upstreams.orders.health.method | 'get' is no method
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, status: [] }   | upstreams.orders.health.status | no status: no answer would be good
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, status: [299-200] }   | upstreams.orders.health.status[0] | '299-200' is neither a status nor a range
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: /h, status: [2xx] }   | upstreams.orders.health.status[0] | '2xx' is neither a status nor a range
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: '/a b' }   | upstreams.orders.health.path | this is no path
          http://10.0.0.1:8080]  | http://10.0.0.1:8080]\\n    health: { path: health }   | upstreams.orders.health.path | this is no path
          [http://10.0.0.1:8080]      | []                                         | upstreams.orders.endpoints | no endpoint
          [http://10.0.0.1:8080]      | ftp://10.0.0.1                             | upstreams.orders.endpoints[0].url | the scheme must be http or https
          [http://10.0.0.1:8080]      | 10.0.0.1                                   | upstreams.orders.endpoints[0].url | the scheme is missing
          [http://10.0.0.1:8080]      | localhost:8080                             | upstreams.orders.endpoints[0].url | the scheme is missing
          [http://10.0.0.1:8080]      | http://user:secret@10.0.0.1                | upstreams.orders.endpoints[0].url | a URL with a user name or password is not taken
          [http://10.0.0.1:8080]      | http://my~host:80                          | upstreams.orders.endpoints[0].url | the host is missing or is no name
          [http://10.0.0.1:8080]      | http://my_host:0                           | upstreams.orders.endpoints[0].url | the port must be from 1 to 65535
          [http://10.0.0.1:8080]      | http:///                                   | upstreams.orders.endpoints[0].url | the host is missing or is no name
          [http://10.0.0.1:8080]      | https://my_host                            | upstreams.orders.endpoints[0].url | no certificate can be verified for a name with '_'
          [http://10.0.0.1:8080]      | http://10.0.0.1\\n    host: 'a b'          | upstreams.orders.host | expected 'preserve', 'endpoint' or a host, like 'api.example.com'; found 'a b'
          [http://10.0.0.1:8080]      | http://10.0.0.1:0                          | upstreams.orders.endpoints[0].url | the port must be from 1 to 65535
          [http://10.0.0.1:8080]      | http://10.0.0.1:99999                      | upstreams.orders.endpoints[0].url | the port must be from 1 to 65535
          [http://10.0.0.1:8080]      | http://10.0.0.1/v2                         | upstreams.orders.endpoints[0].url | an endpoint has no path
          [http://10.0.0.1:8080]      | http://10.0.0.1?x=y                        | upstreams.orders.endpoints[0].url | an endpoint has no query and no fragment
          [http://10.0.0.1:8080]      | { url: http://10.0.0.1, weight: 0 }        | upstreams.orders.endpoints[0].weight | must be from 1 to 1000; found '0'
          [http://10.0.0.1:8080]      | https://10.0.0.1\\n    tls: { serverName: 'a b' } | upstreams.orders.tls.serverName | 'a b' is not a host name
          # routes
          auth: public                | owner: team                                | routes.shop | 'auth' is missing: who may call?
          auth: public                | auth: Public                               | routes.shop.auth[0] | unknown policy 'Public'
          to: orders                  | to: orders\\n    callerTimeout: { header: 'a b', from: anybody } | routes.shop.callerTimeout.header | 'a b' is not the name of a header field
          to: orders                  | to: orders\\n    callerTimeout: { header: te, from: anybody } | routes.shop.callerTimeout.header | 'te' cannot be changed
          to: orders                  | timeout: 1s                                | routes.shop | one of 'to', 'redirect' and 'respond' is needed
          to: orders                  | to: orders\\n    respond: { status: 204 }  | routes.shop | only one of 'to', 'redirect' and 'respond' can be
          to: orders                  | to: order                                  | routes.shop.to[0].upstream | no upstream is named 'order'
          to: orders                  | to: [orders, orders]                       | routes.shop.to[1].upstream | this upstream is there twice
          to: orders                  | to: { upstream: orders, weight: 0 }        | routes.shop.to | no request would go anywhere: every weight is 0
          to: orders                  | to: { upstream: orders, weight: -1 }       | routes.shop.to[0].weight | must be from 0 to 1000000; found '-1'
          to: orders                  | to: orders\\n    mirror: { to: order }      | routes.shop.mirror.to | no upstream is named 'order'
          to: orders                  | to: orders\\n    mirror: { to: orders, body: 2MiB } | routes.shop.mirror.body | must be from 0B to 1MiB; found '2MiB'
          to: orders                  | respond: {}\\n    mirror: { to: orders }    | routes.shop.mirror | nothing is forwarded, so nothing can be mirrored
          api.example.com             | API.example.com                            | routes.shop.match.host[0] | 'API.example.com' is not a host name
          api.example.com             | api.example.com:443                        | routes.shop.match.host[0] | 'api.example.com:443' is not a host name
          api.example.com             | '"api.*.com"'                              | routes.shop.match.host[0] | '"api.*.com"' is not a host name
          api.example.com             | a..b                                       | routes.shop.match.host[0] | 'a..b' is not a host name
          /orders/{id}/**             | orders                                     | routes.shop.match.path | 'orders' can match no path
          /orders/{id}/**             | /a//b                                      | routes.shop.match.path | '/a//b' can match no path
          /orders/{id}/**             | /a/../b                                    | routes.shop.match.path | '/a/../b' can match no path
          /orders/{id}/**             | /a/**/b                                    | routes.shop.match.path | '/a/**/b' can match no path
          /orders/{id}/**             | /{id}/{id}                                 | routes.shop.match.path | '/{id}/{id}' can match no path
          /orders/{id}/**             | /a{id}                                     | routes.shop.match.path | '/a{id}' can match no path
          /orders/{id}/**             | /a\\n      methods: [get]                  | routes.shop.match.methods[0] | letter case counts in methods
          /orders/{id}/**             | /a\\n      methods: ['G T']                | routes.shop.match.methods[0] | 'G T' is not a method
          /orders/{id}/**             | /a\\n      headers: { 'x y': a }           | routes.shop.match.headers.x y | 'x y' is not the name of a header field
          /orders/{id}/**             | /a\\n      headers: { x: { exact: a, present: true } } | routes.shop.match.headers.x | exactly one of 'exact', 'present' and 'regex' is needed
          /orders/{id}/**             | /a\\n      query: { x: {} }                | routes.shop.match.query.x | exactly one of 'exact', 'present' and 'regex' is needed
          /orders/{id}/**             | /a\\n      query: { x: { regex: '(' } }    | routes.shop.match.query.x.regex | not a regular expression that is taken
          /orders/{id}/**             | /a\\n      query: { x: { regex: '((a{1000}){1000}){1000}' } } | routes.shop.match.query.x.regex | not a regular expression that is taken
          auth: public                | auth: public\\n    rewrite: {}             | routes.shop.rewrite | exactly one of 'prefix' and 'path' is needed
          auth: public                | auth: public\\n    rewrite: { path: '/{no}' } | routes.shop.rewrite.path | '{no}' is not captured by the route's path; known are {id}, {**}
          auth: public                | auth: public\\n    rewrite: { prefix: v2 } | routes.shop.rewrite.prefix | a path begins with '/'
          to: orders                  | respond: {}\\n    rewrite: { prefix: /a }  | routes.shop.rewrite | nothing is forwarded, so no path can be rewritten
          to: orders                  | redirect: { status: 200, to: /a }          | routes.shop.redirect.status | a redirect's status is 301, 302, 303, 307 or 308
          to: orders                  | redirect: { to: '//evil.example.com' }     | routes.shop.redirect.to | begin with 'https://', 'http://', '/' or '{path}'
          to: orders                  | respond: { status: 600 }                   | routes.shop.respond.status | must be from 200 to 599; found '600'
          to: orders                  | respond: { status: 204, body: hi }         | routes.shop.respond.body | an answer with status 204 has no body
          to: orders                  | respond: { headers: { content-length: 5 } } | routes.shop.respond.headers.content-length | 'content-length' cannot be changed
          to: orders                  | respond: { headers: { a: "b\\r\\x0ac: d" } } | routes.shop.respond.headers.a | a value is printable ASCII, without line breaks
          auth: public                | auth: public\\n    headers: { request: { set: { Transfer-Encoding: chunked } } } | routes.shop.headers.request.set.Transfer-Encoding | 'Transfer-Encoding' cannot be changed
          auth: public                | auth: public\\n    headers: { request: { remove: 'a b' } } | routes.shop.headers.request.remove[0] | 'a b' is not the name of a header field
          auth: public                | auth: public\\n    headers: { response: { add: { x-a: b, X-A: c } } } | routes.shop.headers.response.add.X-A | this field is there twice: letter case does not count
          auth: public                | auth: public\\n    owner: "a\\x0ab"        | routes.shop.owner | expected one line of at most 256 characters
          """)
  void refuses(String line, String instead, String path, String message) {
    String text = changed(line.replace("\\n", "\n"), instead);
    // Where the only route fails, its upstream is not reported as unused.
    Problem problem = only(text);

    assertThat(problem.severity()).isEqualTo(Severity.ERROR);
    assertThat(problem.path()).isEqualTo(path);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.line()).isGreaterThan(1);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          8080\\n                | 8080\\n    trustedProxies: [0.0.0.0/0]\\n                       | listeners.main.trustedProxies[0] | every client is believed about where it comes from
          8080\\n                | 8080\\n    proxyProtocol: true\\n                                 | listeners.main.proxyProtocol | whoever can connect here can claim any address
          8080\\n                | 8080\\n    addresses: { deny: ['::/0'] }\\n                      | listeners.main.addresses.deny[0] | nobody can connect: every address is denied
          8080\\n                | 8080\\n    tls: { certificates: { chain: a, key: b }, clients: { ca: c } }\\n | listeners.main.tls.clients.ca | not used: clients are not asked for a certificate
          8080\\n                | 8080\\nadmin: 0.0.0.0:9901\\n                                  | admin.address | the operators' endpoints are open to other machines
          http://10.0.0.1:8080   | https://10.0.0.1]\\n    tls: { verify: false }\\n    protocol: auto #  | upstreams.orders.tls.verify | certificates are not verified: anybody on the way can read and change what is sent
          http://10.0.0.1:8080   | http://10.0.0.1]\\n    tls: { ca: a.pem }\\n    protocol: auto #       | upstreams.orders.tls | not used: no endpoint has an https URL
          http://10.0.0.1:8080   | http://10.0.0.1, http://10.0.0.1                           | upstreams.orders.endpoints[1] | this endpoint is there twice
          [http://10.0.0.1:8080] | http://10.0.0.1\\n    host: preserv                         | upstreams.orders.host | endpoints are asked for the host 'preserv'
          to: orders             | respond: {}                                                | upstreams.orders | no route goes to this upstream
          to: orders             | to: orders\\n    mirror: { to: orders }     | routes.shop.mirror.to | this upstream gets requests of the route anyway
          """)
  void warnsAbout(String line, String instead, String path, String message) {
    String text = changed(line.replace("\\n", "\n"), instead);
    Problem problem = only(text);

    assertThat(problem.severity()).isEqualTo(Severity.WARNING);
    assertThat(problem.path()).isEqualTo(path);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(read(text)).isInstanceOf(Reading.Accepted.class);
  }

  @Test
  void warnsOnceOfCredentialsThatNoRouteTakes() {
    String keys =
        SOUND
            + """
            policies: { keys: { apiKey: {} } }
            consumers:
              acme: { credentials: [{ jwt: { subject: a } }, { jwt: { subject: b } }] }
              shop: { credentials: [{ jwt: { subject: c } }] }
            """;
    assertThat(read(keys).problems().report())
        .containsOnlyOnce("no route's 'auth' takes credentials of this kind")
        .contains("consumers.acme.credentials[0]", "name a policy 'jwt' there");
  }

  @Test
  void saysWhatIsMissingFromAnEmptyFile() {
    assertThat(read("").problems().report())
        .startsWith("h.yaml:1:1: error: no listener: nobody could connect")
        .contains("h.yaml:1:1: warning: no route: every request is answered with 404");
  }

  @Test
  void doesNotReportAnUpstreamAsMissingThatIsOnlyMistaken() {
    Problem problem =
        only(changed("[http://10.0.0.1:8080]", "[http://10.0.0.1:8080]\n    balanc: x"));

    assertThat(problem.path()).isEqualTo("upstreams.orders.balanc");
  }

  @Test
  void neverQuotesAUrlWithAPassword() {
    assertThat(read(changed("[http://10.0.0.1:8080]", "http://u:hunter22@a b")).problems().report())
        .doesNotContain("hunter22");
    assertThat(read(changed("[http://10.0.0.1:8080]", "http://u:hunter22@a")).problems().report())
        .contains("password is not taken")
        .doesNotContain("hunter22");
  }
}
