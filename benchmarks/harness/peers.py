"""The gateways under comparison, each a bare proxy to the origin with one event loop and an access log in a file.

Every peer has a plain listener and a TLS listener (HTTP/2 and HTTP/1.1 by ALPN), keeps connections on both sides
alive, adds X-Forwarded-For, streams bodies, and is set up as its operators would: `README.md` says what was chosen.
"""

import http.client
import os
import resource
import shutil
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import gclog, machine, processes

BENCHMARKS = Path(__file__).resolve().parent.parent
ALL = "  all: { match: { path: /** }, auth: public, to: o, bodyLimit: 10GiB }\n"


@dataclass(frozen=True)
class Site:
    """What all peers of a run share."""

    work: Path
    origin_port: int
    gateway_core: int
    certificate: Path
    key: Path
    user: str  # nginx's `user` directive, or nothing


@dataclass
class Peer:
    """A gateway that can be started, found and ended."""

    name: str
    site: Site
    plain_port: int = field(default_factory=processes.free_port)
    tls_port: int = field(default_factory=processes.free_port)
    process: subprocess.Popen | None = None

    def start(self, tls: bool) -> None:
        """Starts the process; returns when it answers through to the origin."""
        folder = self.site.work / self.name
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            if old.is_file():
                old.unlink()
        log = folder / "output.log"
        command, env = self.command(folder, tls)
        self.process = processes.start(command, str(self.site.gateway_core), log, env=os.environ | env)
        # Any answer will do: what is served depends on the scenario.
        processes.wait_until(lambda: self.status(tls) in (200, 401, 404), self.process, log)

    def prepare(self) -> None:
        """Builds what has to be built, before anything is started or measured."""

    def command(self, folder: Path, tls: bool) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError

    @property
    def gc_log(self) -> Path | None:
        """The collector's log of a peer that runs on a JVM."""
        return None

    def status(self, tls: bool, path: str = "/small") -> int:
        if tls:
            trust_any = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("127.0.0.1", self.tls_port, timeout=5, context=trust_any)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except http.client.HTTPException:
            return 0
        finally:
            connection.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def access_log(self) -> Path:
        return self.site.work / self.name / "access.log"

    def log_lines(self) -> int:
        with self.access_log.open("rb") as log:
            return sum(part.count(b"\n") for part in iter(lambda: log.read(1 << 20), b""))

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process, grace=15)
            self.process = None
        self.access_log.unlink(missing_ok=True)


class Nginx(Peer):
    CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections {connections}; }}
http {{
  access_log {access_log} combined buffer=64k flush=1s;
  tcp_nodelay on;
  keepalive_timeout 10m;
  keepalive_requests 1000000000;
  client_max_body_size 1g;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  upstream origin {{
    server 127.0.0.1:{origin};
    keepalive 512;
    keepalive_requests 1000000000;
    keepalive_timeout 10m;
  }}
  server {{
    listen 127.0.0.1:{plain} backlog=4096;
    listen 127.0.0.1:{tls} ssl http2 backlog=4096;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:10m;
    location / {{
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_request_buffering off;
      proxy_buffers 16 32k;
      proxy_max_temp_file_size 0;
    }}
  }}
}}
"""

    def command(self, folder, tls):
        configuration = folder / "nginx.conf"
        configuration.write_text(
            self.CONFIGURATION.format(
                folder=folder,
                access_log=self.access_log,
                user=self.site.user,
                connections=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
                origin=self.site.origin_port,
                plain=self.plain_port,
                tls=self.tls_port,
                certificate=self.site.certificate,
                key=self.site.key,
            )
        )
        return ["nginx", "-c", str(configuration)], {}


@dataclass
class NginxLua(Nginx):
    """nginx that looks a token up, checks a claim and tells the origin who it is, as scripts of its users do.

    It knows the tokens beforehand: Debian has no library for its Lua that verifies signatures.
    """

    tokens: Path | None = None
    counts: bool = False  # the requests of each tenant

    MODULES = "load_module modules/ndk_http_module.so;\nload_module modules/ngx_http_lua_module.so;\n"
    LOG = """
  log_format json escape=json '{{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method",'
    '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time,"user":"$user"}}';
  access_log {access_log} json buffer=64k flush=1s;
  lua_shared_dict counts 10m;
  init_by_lua_block {{
    local json = require "cjson"
    known = {{}}
    for token in io.lines("{tokens}") do
      local claims = token:match("%.([^.]+)%."):gsub("-", "+"):gsub("_", "/")
      known[token] = json.decode(ngx.decode_base64(claims .. ("="):rep(-#claims % 4)))
    end
  }}"""
    CHECK = """
      set $user "";
      access_by_lua_block {{
        local shown = ngx.var.http_authorization
        local claims = shown and known[shown:sub(8)]
        if not claims or claims.exp < ngx.time() then return ngx.exit(401) end
        if not (" " .. claims.scope .. " "):find(" read ", 1, true) then return ngx.exit(403) end
        ngx.var.user = claims.sub
        ngx.req.set_header("X-User", claims.sub)
        ngx.req.set_header("X-Tenant", claims.tenant)
        ngx.req.clear_header("Authorization")
      }}"""
    COUNT = "        ngx.shared.counts:incr(claims.tenant, 1, 0)\n"

    def command(self, folder, tls):
        user = "        ngx.var.user"
        check = self.CHECK.replace(user, self.COUNT + user) if self.counts else self.CHECK
        bare = Nginx.CONFIGURATION.replace("  access_log {access_log} combined buffer=64k flush=1s;", self.LOG.lstrip("\n"))
        configuration = self.MODULES + bare.replace("location / {{", "location / {{" + check)
        self.CONFIGURATION = configuration.replace("{tokens}", str(self.tokens or "/dev/null"))
        return super().command(folder, tls)


class HAProxy(Peer):
    CONFIGURATION = """
global
  nbthread 1
  maxconn {connections}
  no strict-limits
  log stdout format raw local0 info
  stats socket {folder}/admin.sock
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  log global
  option httplog
  option forwardfor
  http-reuse always
  timeout connect 5s
  timeout client 10m
  timeout server 60s
  timeout http-keep-alive 10m
frontend all
  bind 127.0.0.1:{plain} backlog 4096
  bind 127.0.0.1:{tls} ssl crt {pair} alpn h2,http/1.1 backlog 4096
  default_backend origin
backend origin
  server origin 127.0.0.1:{origin} pool-max-conn 512
"""

    def command(self, folder, tls):
        pair = folder / "pair.pem"
        pair.write_text(self.site.certificate.read_text() + self.site.key.read_text())
        configuration = folder / "haproxy.cfg"
        configuration.write_text(
            self.CONFIGURATION.format(
                folder=folder,
                connections=resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200,
                origin=self.site.origin_port,
                plain=self.plain_port,
                tls=self.tls_port,
                pair=pair,
            )
        )
        # HAProxy writes no files; its log goes to standard output, and that to a file.
        return ["sh", "-c", f'exec haproxy -f "{configuration}" >> "{self.access_log}"'], {}


class SpringCloudGateway(Peer):
    PROJECT = BENCHMARKS / "spring-cloud-gateway"
    JAR = PROJECT / "target" / "peer.jar"

    def prepare(self) -> None:
        sources = [self.PROJECT / "pom.xml", *self.PROJECT.glob("src/**/*.*")]
        if self.JAR.exists() and self.JAR.stat().st_mtime > max(source.stat().st_mtime for source in sources):
            return
        env = os.environ | {"JAVA_HOME": str(machine.java_home())}
        subprocess.run(["mvn", "-q", "-B", "-ntp", "package"], cwd=self.PROJECT, env=env, check=True)

    def command(self, folder, tls):
        command = [
            str(machine.java_home() / "bin" / "java"),
            "-Xms512m",
            "-Xmx1g",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            gclog.OPTION.format(self.gc_log),
            "-Dreactor.netty.ioWorkerCount=1",
            "-Dreactor.netty.http.server.accessLogEnabled=true",
            "-jar",
            str(self.JAR),
        ]
        env = {
            "ORIGIN": f"http://127.0.0.1:{self.site.origin_port}",
            "PORT": str(self.tls_port if tls else self.plain_port),  # one listener only: TLS or not
            "ACCESS_LOG": str(self.access_log),
            "CERTIFICATE": str(self.site.certificate),
            "KEY": str(self.site.key),
        }
        return command + (["--spring.profiles.active=tls"] if tls else []), env

    @property
    def gc_log(self):
        return self.site.work / self.name / "gc.log"


@dataclass
class Headgate(Peer):
    transport: str = "io_uring"
    routes: dict[str, str] = field(default_factory=lambda: {"routes.yaml": ALL})  # the text of `routes`, by file
    policies: str = ""  # the text of what stands beside the routes, such as `policies` and `consumers`
    admin_port: int = field(default_factory=processes.free_port)

    LAUNCHER = BENCHMARKS.parent / "headgate"
    CONFIGURATION = """\
runtime: {{ transport: {transport}, loops: 1 }}
listeners:
  plain: {{ address: "127.0.0.1:{plain}", limits: {{ idleTimeout: 10m }} }}
  tls:
    address: "127.0.0.1:{tls}"
    tls: {{ certificates: [{{ chain: "{certificate}", key: "{key}" }}] }}
    limits: {{ idleTimeout: 10m }}
upstreams: {{ o: {{ endpoints: ["http://127.0.0.1:{origin}"] }} }}
telemetry: {{ accessLog: {{ to: "file:{access_log}", format: json }} }}
admin: {{ address: "127.0.0.1:{admin}" }}
"""

    def prepare(self) -> None:
        subprocess.run([str(self.LAUNCHER), "version"], env=os.environ | self.environment(), check=True, stdout=2)

    def command(self, folder, tls):
        self.write_configuration()
        options = f"{os.environ.get('HEADGATE_JAVA_OPTS', '')} {gclog.OPTION.format(self.gc_log)}"
        env = self.environment() | {"HEADGATE_JAVA_OPTS": options}
        return [str(self.LAUNCHER), "run", str(self.configuration)], env

    def environment(self) -> dict[str, str]:
        return {"JAVA_HOME": str(machine.java_home())}

    @property
    def gc_log(self):
        return self.site.work / self.name / "gc.log"

    @property
    def configuration(self) -> Path:
        """A directory: what all scenarios share, and the routes in files of their own."""
        return self.site.work / self.name / "configuration"

    def write_configuration(self) -> None:
        shutil.rmtree(self.configuration, ignore_errors=True)
        self.configuration.mkdir()
        common = self.CONFIGURATION.format(
            access_log=self.access_log,
            transport=self.transport,
            origin=self.site.origin_port,
            plain=self.plain_port,
            tls=self.tls_port,
            admin=self.admin_port,
            certificate=self.site.certificate,
            key=self.site.key,
        )
        (self.configuration / "common.yaml").write_text(common)
        (self.configuration / "policies.yaml").write_text(self.policies)
        for name, routes in self.routes.items():
            self.write_routes(name, routes)

    def write_routes(self, name: str, routes: str) -> None:
        """Writes or replaces a file of routes in one step, so that a half-written one is never read."""
        unfinished = self.configuration / f"{name}.unfinished"
        unfinished.write_text("routes:\n" + routes)
        unfinished.rename(self.configuration / name)


NAMES = ("nginx", "nginx-lua", "haproxy", "scg", "headgate-io_uring", "headgate-epoll")


def make(name: str, site: Site) -> Peer:
    if name == "nginx":
        return Nginx(name, site)
    if name == "nginx-lua":
        return NginxLua(name, site)
    if name == "haproxy":
        return HAProxy(name, site)
    if name == "scg":
        return SpringCloudGateway(name, site)
    return Headgate(name, site, transport=name.removeprefix("headgate-"))
