package dev.headgate.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Codings that are undone piece by piece, and bodies that abuse them. */
class InflatingTest {
  private static final InflationLimits WIDE =
      new InflationLimits(1 << 24, Integer.MAX_VALUE, Stage.PROTECT);

  /** Who keeps what it is shown. */
  private static final class Seen implements BodyInspector {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean ended;
    int largest;

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      largest = Math.max(largest, piece.remaining());
      byte[] copy = new byte[piece.remaining()];
      piece.get(copy);
      bytes.writeBytes(copy);
      return null;
    }

    @Override
    public @Nullable Failure end() {
      ended = true;
      return null;
    }
  }

  private final Seen seen = new Seen();

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] zlib(byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zlib = new DeflaterOutputStream(out)) {
      zlib.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** What becomes of a body that comes in pieces of that size: {@code passed} or a reason. */
  private String verdict(List<Coding> codings, InflationLimits limits, byte[] body, int size) {
    seen.bytes.reset();
    byte[][] scratch = new byte[codings.size()][Layer.PART];
    try (Inflating inflating = new Inflating(codings, limits, scratch, seen)) {
      for (int from = 0; from < body.length; from += size) {
        ByteBuffer piece =
            ByteBuffer.allocateDirect(size)
                .put(body, from, Math.min(size, body.length - from))
                .flip()
                .asReadOnlyBuffer();
        Failure failure = inflating.piece(piece);
        if (failure != null) {
          return failure.reason();
        }
      }
      Failure failure = inflating.end();
      return failure == null ? "passed" : failure.reason();
    }
  }

  private String gunzipped(byte[] body) {
    return verdict(List.of(Coding.GZIP), WIDE, body, 7);
  }

  @Test
  void aBodyIsShownAsItWasHoweverItIsSplit() throws Exception {
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    Arrays.fill(content, 30_000, 90_000, (byte) 'a');
    for (int size : new int[] {1, 2, 17, 4096, 1 << 20}) {
      assertThat(verdict(List.of(Coding.GZIP), WIDE, gzip(content), size)).isEqualTo("passed");
      assertThat(seen.bytes.toByteArray()).isEqualTo(content);
      assertThat(verdict(List.of(Coding.DEFLATE), WIDE, zlib(content), size)).isEqualTo("passed");
      assertThat(seen.bytes.toByteArray()).isEqualTo(content);
      assertThat(verdict(List.of(Coding.DEFLATE, Coding.GZIP), WIDE, zlib(gzip(content)), size))
          .isEqualTo("passed");
      assertThat(seen.bytes.toByteArray()).isEqualTo(content);
    }
    assertThat(seen.ended).isTrue();
    assertThat(seen.largest).isLessThanOrEqualTo(Layer.PART);
  }

  @Test
  void membersAfterOneAnotherAreOneBody() throws Exception {
    byte[] one = "one,".getBytes(StandardCharsets.US_ASCII);
    byte[] two = "two".getBytes(StandardCharsets.US_ASCII);
    assertThat(gunzipped(joined(gzip(one), gzip(new byte[0]), gzip(two)))).isEqualTo("passed");
    assertThat(seen.bytes.toString(StandardCharsets.US_ASCII)).isEqualTo("one,two");
  }

  @Test
  void allPartsOfAMembersHeaderAreSkipped() throws Exception {
    byte[] member = gzip("in".getBytes(StandardCharsets.US_ASCII));
    byte[] header = Arrays.copyOf(member, 10);
    header[3] = 0x1f;
    byte[] parts = joined(header, new byte[] {3, 0, 9, 9, 9, 'n', 0, 'c', 'c', 0, 7, 7});
    byte[] rest = Arrays.copyOfRange(member, 10, member.length);
    assertThat(gunzipped(joined(parts, rest))).isEqualTo("passed");
    assertThat(seen.bytes.toString(StandardCharsets.US_ASCII)).isEqualTo("in");
    header[3] = 0x04;
    assertThat(gunzipped(joined(header, new byte[] {0, 0}, rest))).isEqualTo("passed");
    header[3] = 0x20;
    assertThat(gunzipped(joined(header, rest))).isEqualTo("encoding.malformed");
  }

  @Test
  void whatIsCutOffOrFollowedByMoreIsRefused() throws Exception {
    byte[] gzip = gzip("some content".getBytes(StandardCharsets.US_ASCII));
    byte[] zlib = zlib("some content".getBytes(StandardCharsets.US_ASCII));
    for (int length = 1; length < gzip.length; length++) {
      assertThat(gunzipped(Arrays.copyOf(gzip, length))).isEqualTo("encoding.malformed");
    }
    for (int length = 1; length < zlib.length; length++) {
      assertThat(verdict(List.of(Coding.DEFLATE), WIDE, Arrays.copyOf(zlib, length), 3))
          .isEqualTo("encoding.malformed");
    }
    assertThat(gunzipped(joined(gzip, new byte[] {0}))).isEqualTo("encoding.malformed");
    assertThat(verdict(List.of(Coding.DEFLATE), WIDE, joined(zlib, new byte[] {0}), 64))
        .isEqualTo("encoding.malformed");
    assertThat(gunzipped(new byte[0])).isEqualTo("passed");
  }

  @Test
  void aWrongChecksumOrLengthIsRefused() throws Exception {
    byte[] gzip = gzip("some content".getBytes(StandardCharsets.US_ASCII));
    for (int i = 1; i <= 8; i++) {
      byte[] wrong = gzip.clone();
      wrong[wrong.length - i] ^= 1;
      assertThat(gunzipped(wrong)).isEqualTo("encoding.malformed");
    }
  }

  @Test
  void rawDeflateAndPresetDictionariesAreRefused() {
    Deflater raw = new Deflater(9, true);
    raw.setInput("some content".getBytes(StandardCharsets.US_ASCII));
    raw.finish();
    byte[] out = new byte[100];
    int length = raw.deflate(out);
    raw.end();
    assertThat(verdict(List.of(Coding.DEFLATE), WIDE, Arrays.copyOf(out, length), 64))
        .isEqualTo("encoding.malformed");
    Deflater preset = new Deflater();
    preset.setDictionary("some content".getBytes(StandardCharsets.US_ASCII));
    preset.setInput("some content".getBytes(StandardCharsets.US_ASCII));
    preset.finish();
    length = preset.deflate(out);
    preset.end();
    assertThat(verdict(List.of(Coding.DEFLATE), WIDE, Arrays.copyOf(out, length), 64))
        .isEqualTo("encoding.malformed");
  }

  @Test
  void aBombIsStoppedByItsRatioLongBeforeItsEnd() throws Exception {
    byte[] bomb = gzip(new byte[64 << 20]);
    InflationLimits limits = new InflationLimits(1L << 40, 100, Stage.PROTECT);
    assertThat(verdict(List.of(Coding.GZIP), limits, bomb, 1000)).isEqualTo("body.inflation_ratio");
    assertThat(seen.bytes.size()).isLessThan(110_000);
    assertThat(verdict(List.of(Coding.GZIP), WIDE, bomb, 1000))
        .isEqualTo("body.inflated_too_large");
    assertThat(seen.bytes.size()).isLessThanOrEqualTo(1 << 24);
  }

  @Test
  void aBombWithinABombIsStoppedToo() throws Exception {
    byte[] bomb = gzip(gzip(new byte[64 << 20]));
    List<Coding> twice = List.of(Coding.GZIP, Coding.GZIP);
    InflationLimits limits = new InflationLimits(1L << 40, 100, Stage.PROTECT);
    assertThat(verdict(twice, limits, bomb, 1 << 20)).isEqualTo("body.inflation_ratio");
    assertThat(seen.bytes.size()).isLessThanOrEqualTo(InflationLimits.FREE);
  }

  @Test
  void aBombThatOnlyTheMiddleOfTwoCodingsSeesIsStopped() throws Exception {
    byte[] header = Arrays.copyOf(gzip(new byte[0]), 10);
    header[3] = 0x08; // A name that does not end.
    byte[] name = new byte[64 << 20];
    Arrays.fill(name, (byte) 'n');
    byte[] bomb = gzip(joined(header, name));
    assertThat(
            verdict(
                List.of(Coding.GZIP, Coding.GZIP),
                new InflationLimits(1 << 20, 1100, Stage.PROTECT),
                bomb,
                1 << 20))
        .isEqualTo("body.inflated_too_large");
    assertThat(seen.bytes.size()).isZero();
  }

  @Test
  void aSmallBodyMayBeAllAlike() throws Exception {
    InflationLimits limits = new InflationLimits(1 << 20, 10, Stage.PROTECT);
    assertThat(verdict(List.of(Coding.GZIP), limits, gzip(new byte[60_000]), 64))
        .isEqualTo("passed");
    assertThat(verdict(List.of(Coding.GZIP), limits, gzip(new byte[70_000]), 64))
        .isEqualTo("body.inflation_ratio");
  }

  @Test
  void noiseIsRefusedAndNothingBreaks() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[random.nextInt(1, 200)];
      random.nextBytes(noise);
      if (random.nextBoolean()) {
        byte[] magic = {0x1f, (byte) 0x8b, 8, (byte) random.nextInt(32)};
        System.arraycopy(magic, 0, noise, 0, Math.min(4, noise.length));
      }
      assertThat(gunzipped(noise)).isEqualTo("encoding.malformed");
    }
  }
}
