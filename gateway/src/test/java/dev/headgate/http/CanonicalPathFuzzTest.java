package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

class CanonicalPathFuzzTest {
  @FuzzTest
  void anyBytesAreRefusedOrBecomeCanonical(byte[] bytes) throws RefusedPath {
    String raw = new String(bytes, StandardCharsets.ISO_8859_1);
    String path;
    try {
      path = CanonicalPath.of(raw);
    } catch (RefusedPath refused) {
      assertThat(SlowCanonicalPath.of(raw)).as(raw).isEmpty();
      return;
    }
    assertThat(SlowCanonicalPath.of(raw)).as(raw).hasValue(path);
    requireCanonical(path);
  }

  /** What holds for every canonical path. */
  static void requireCanonical(String path) throws RefusedPath {
    assertThat(CanonicalPath.of(path)).isSameAs(path);
    assertThat(path).startsWith("/").doesNotContain("//").isPrintable();
    assertThat(List.of(path.split("/", -1))).doesNotContain(".", "..");
    String decoded = CanonicalPath.withSlashesDecoded(path);
    assertThat(CanonicalPath.hasEncodedSlash(decoded)).isFalse();
    assertThat(CanonicalPath.of(decoded)).isSameAs(decoded);
    assertThat(List.of(decoded.split("/", -1))).doesNotContain(".", "..");
  }
}
