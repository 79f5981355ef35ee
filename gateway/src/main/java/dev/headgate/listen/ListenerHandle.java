package dev.headgate.listen;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Listener;
import dev.headgate.tls.ListenerTls;
import org.jspecify.annotations.Nullable;

/**
 * A listener as all loops see it: its settings, which a reload may replace, and the counts that its
 * bounds are held against. Loops read one volatile reference for each new connection; a connection
 * keeps the settings it began with.
 */
@Shared
public final class ListenerHandle {
  /** What a reload replaces. */
  public record Settings(Listener config, @Nullable ListenerTls tls) {}

  private final String name;
  private final ConnectionLimits connections = new ConnectionLimits();
  private volatile Settings settings;

  public ListenerHandle(String name, Settings settings) {
    this.name = name;
    this.settings = settings;
  }

  public String name() {
    return name;
  }

  public Settings settings() {
    return settings;
  }

  public void settings(Settings next) {
    settings = next;
  }

  /** Connections open now, on all loops. */
  ConnectionLimits connections() {
    return connections;
  }
}
