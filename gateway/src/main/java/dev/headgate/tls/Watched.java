package dev.headgate.tls;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/** Something made from files that {@link CertificateWatch} keeps current. */
public interface Watched {
  /** The files that matter. Asked for at every look, on the watch's thread. */
  Set<Path> files();

  /** Reads the files again, on the watch's thread. Must not throw. */
  void reload(Instant now);

  /** Called at every look, whether or not a file changed. Must not throw. */
  default void tick(Instant now) {}
}
