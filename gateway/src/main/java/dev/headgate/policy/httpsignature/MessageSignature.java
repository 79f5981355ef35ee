package dev.headgate.policy.httpsignature;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.policy.httpsignature.Refused.Why;
import dev.headgate.structured.Bare;
import dev.headgate.structured.FieldReader;
import dev.headgate.structured.Malformed;
import dev.headgate.structured.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A signature as a message shows it: what it covers with its parameters, out of the field
 * Signature-Input, and its bytes, out of Signature (RFC 9421 section 4). Immutable.
 */
@SuppressWarnings("ArrayRecordComponent")
record MessageSignature(Member.InnerList covered, byte[] value) {
  static final HeaderName INPUT = HeaderName.of("signature-input");
  static final HeaderName SIGNATURE = HeaderName.of("signature");

  private static final int MOST = 8;
  private static final int LONGEST_TEXT = 512;
  private static final Set<String> KNOWN =
      Set.of("created", "expires", "nonce", "alg", "keyid", "tag");

  /** The parameters that are looked at (RFC 9421 section 2.3). */
  record Parameters(long created, @Nullable Long expires, @Nullable String alg, String keyid) {}

  /** All signatures of a message, at least one. */
  static List<MessageSignature> read(Headers headers) throws Refused {
    Map<String, Member> inputs = dictionary(headers, INPUT);
    Map<String, Member> values = dictionary(headers, SIGNATURE);
    if (inputs.isEmpty() || inputs.size() > MOST) {
      throw malformed("there are " + inputs.size() + " signatures, and may be 1 to " + MOST);
    }
    if (!inputs.keySet().equals(values.keySet())) {
      throw malformed("Signature-Input and Signature have not the same labels");
    }
    List<MessageSignature> signatures = new ArrayList<>();
    for (Map.Entry<String, Member> input : inputs.entrySet()) {
      if (!(input.getValue() instanceof Member.InnerList covered)) {
        throw malformed("a member of Signature-Input is no list in parentheses");
      }
      if (!(values.get(input.getKey()) instanceof Member.Item(Bare.Bytes(byte[] value), var more))
          || !more.isEmpty()) {
        throw malformed("a member of Signature is no byte sequence");
      }
      signatures.add(new MessageSignature(covered, value));
    }
    return signatures;
  }

  private static Map<String, Member> dictionary(Headers headers, HeaderName name) throws Refused {
    try {
      return FieldReader.dictionary(String.join(", ", headers.all(name)));
    } catch (Malformed e) {
      throw malformed(name.text() + " is no dictionary: " + e.getMessage());
    }
  }

  /** Its tag, by which it says what it is for; null if it has none. */
  @Nullable String tag() {
    return covered.parameters().get("tag") instanceof Bare.Text(String tag) ? tag : null;
  }

  /** Reads the parameters; each must be known, and the time and the key must be named. */
  Parameters parameters() throws Refused {
    for (String name : covered.parameters().keySet()) {
      if (!KNOWN.contains(name)) {
        throw malformed("it has a parameter that is not known");
      }
    }
    text("nonce");
    text("tag");
    Long created = seconds("created");
    String keyid = text("keyid");
    if (created == null || keyid == null) {
      throw new Refused(Why.INCOMPLETE, "it has no 'created' or no 'keyid'");
    }
    return new Parameters(created, seconds("expires"), text("alg"), keyid);
  }

  private @Nullable Long seconds(String name) throws Refused {
    return switch (covered.parameters().get(name)) {
      case null -> null;
      case Bare.Whole(long seconds) -> seconds;
      default -> throw malformed("its '" + name + "' is no integer");
    };
  }

  private @Nullable String text(String name) throws Refused {
    return switch (covered.parameters().get(name)) {
      case null -> null;
      case Bare.Text(String text) when text.length() <= LONGEST_TEXT -> text;
      default -> throw malformed("its '" + name + "' is no string, or a long one");
    };
  }

  static Refused malformed(String detail) {
    return new Refused(Why.MALFORMED, detail);
  }
}
