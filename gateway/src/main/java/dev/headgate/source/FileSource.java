package dev.headgate.source;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.FileStamp;
import dev.headgate.config.read.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file, or a directory of files, as the place where configuration comes from: reads it, watches
 * it, and hands over what it read.
 *
 * <p>How it is safe: everything is done on one thread of its own, reading and handing over
 * included, so the taker is never called twice at once and may wait for event loops. All methods
 * here may be called from any thread.
 */
@Shared
public final class FileSource implements AutoCloseable {
  /** A change is taken after two looks in a row that see the same: within about a second. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(400);

  private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

  private final Path fileOrDirectory;
  private final ConfigReader reader;
  private final FileWatch watch;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("headgate-source").factory());
  private volatile FileWatch usedFiles = new FileWatch(Map.of());
  private @Nullable Reading last; // of the thread

  /**
   * @param reader reads it; used by this source only
   */
  public FileSource(Path fileOrDirectory, ConfigReader reader) {
    this.fileOrDirectory = fileOrDirectory;
    this.reader = reader;
    // Looks before anything is read: what changes while it is read is seen as a change.
    this.watch = new FileWatch(() -> files(fileOrDirectory));
  }

  /** Reads it as it is now. */
  public Reading read() {
    return CompletableFuture.supplyAsync(this::readNow, thread).join();
  }

  /**
   * Hands over every later change, good or bad.
   *
   * @param taker called on this source's thread
   */
  public void watch(Consumer<Reading> taker) {
    var _ =
        thread.scheduleWithFixedDelay(
            () -> guarded(() -> look(taker)),
            LOOK_EVERY.toMillis(),
            LOOK_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Hands the configuration over again when one of these files changes too: those that policies
   * were made of.
   *
   * @param files with how they were when they were read; instead of those that were named before
   */
  public void watchUsed(Map<Path, FileStamp> files) {
    usedFiles = new FileWatch(files);
  }

  /** Reads it again and hands it over, changed or not. */
  public void reload(Consumer<Reading> taker) {
    try {
      thread.execute(() -> guarded(() -> taker.accept(readNow())));
    } catch (RejectedExecutionException e) {
      LOG.debug("Closed: nothing is reloaded any more");
    }
  }

  private void look(Consumer<Reading> taker) {
    boolean used = usedFiles.changed();
    if (watch.changed() || used) {
      Reading before = last;
      Reading now = readNow();
      if (used || before == null || !saysTheSame(before, now)) {
        taker.accept(now);
      }
    }
  }

  private Reading readNow() {
    Reading reading = reader.read(fileOrDirectory);
    last = reading;
    return reading;
  }

  /** A touched file, or an edited comment, is no change. */
  private static boolean saysTheSame(Reading before, Reading now) {
    return before instanceof Reading.Accepted old
        && now instanceof Reading.Accepted same
        && old.config().equals(same.config());
  }

  /** An exception would silently end the watching. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A change of the configuration could not be handled", e);
    }
  }

  private static List<Path> files(Path fileOrDirectory) {
    if (!Files.isDirectory(fileOrDirectory)) {
      return List.of(fileOrDirectory);
    }
    try (Stream<Path> entries = Files.list(fileOrDirectory)) {
      return entries.filter(FileSource::mayMatter).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static boolean mayMatter(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  /** Ends the watching. What is being handed over is finished first. */
  @Override
  public void close() {
    thread.close();
  }
}
