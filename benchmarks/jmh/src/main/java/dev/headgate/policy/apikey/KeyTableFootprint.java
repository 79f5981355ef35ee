package dev.headgate.policy.apikey;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/** Prints how long a keys file takes to be read, and how many bytes of heap a key needs then. */
public final class KeyTableFootprint {
  private static final int KEYS = 1_000_000;

  private KeyTableFootprint() {}

  public static void main(String[] args) throws Exception {
    Path file = Files.createTempFile("keys", ".jsonl");
    try {
      write(file);
      System.out.printf("%,d keys, a file of %,d bytes%n", KEYS, Files.size(file));
      for (int round = 0; round < 3; round++) {
        long before = used();
        long begun = System.nanoTime();
        KeyTable table = read(file);
        long millis = (System.nanoTime() - begun) / 1_000_000;
        System.out.printf(
            "read in %,d ms, %.1f bytes of heap a key%n",
            millis, (used() - before) / (double) table.size());
      }
    } finally {
      Files.delete(file);
    }
  }

  private static void write(Path file) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    byte[] hash = new byte[32];
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < KEYS; i++) {
        random.nextBytes(hash);
        String hex = HexFormat.of().formatHex(hash);
        String id = "hg_" + hex.substring(0, 8);
        Instant end = Instant.ofEpochSecond(1_800_000_000L + i);
        out.write(new KeyLine("app-" + i, id, hex, null, end, List.of()).text());
        out.write('\n');
      }
    }
  }

  private static KeyTable read(Path file) throws Exception {
    KeyTable.Builder keys = new KeyTable.Builder();
    try (KeyLines lines = new KeyLines(Files.newInputStream(file))) {
      while (lines.next()) {
        KeyLine line = lines.parsed();
        keys.add(line.hash(), line.key());
      }
    }
    return keys.build("footprint", new KeyUses(Instant.EPOCH));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
