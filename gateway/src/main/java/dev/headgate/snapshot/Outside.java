package dev.headgate.snapshot;

import dev.headgate.config.Upstream;
import dev.headgate.tls.UpstreamTls;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What the compiler needs of the world beside the configuration.
 *
 * @param tls opens the TLS of upstreams, files and all; asked for those that need it and have
 *     changed
 * @param folder what relative paths in the configuration start from
 * @param states what policies keep from one revision to the next
 * @param clock the time at which the revision is compiled
 */
public record Outside(TlsFactory tls, Path folder, SharedStates states, Clock clock) {

  /** Opens the TLS of upstreams. */
  public interface TlsFactory {
    /** Null if it cannot be opened; the problem has been told then. */
    @Nullable UpstreamTls open(String name, Upstream upstream);
  }
}
