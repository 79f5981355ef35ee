package dev.headgate.policy.apikey;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A line of a keys file: a JSON object that says whose a key is, what it is called, its SHA-256,
 * and, if there is more to say, its times and the groups of its owner.
 *
 * @param sha256 64 hexadecimal digits in lower case
 */
public record KeyLine(
    String consumer,
    String id,
    String sha256,
    @Nullable Instant notBefore,
    @Nullable Instant expires,
    List<String> groups) {
  private static final int LONGEST_TEXT = 200;
  private static final int MOST_GROUPS = 32;

  /** A line that is none, with a message that contains nothing of it. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  /** Reads lines; for one thread. */
  static final class Reader {
    private final JsonFactory json =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private @Nullable String consumer;
    private @Nullable String id;
    private @Nullable String sha256;
    private @Nullable Instant notBefore;
    private @Nullable Instant expires;
    private List<String> groups = List.of();

    KeyLine read(byte[] bytes, int length) throws Malformed {
      consumer = null;
      id = null;
      sha256 = null;
      notBefore = null;
      expires = null;
      groups = List.of();
      try (JsonParser in = json.createParser(ObjectReadContext.empty(), bytes, 0, length)) {
        if (in.nextToken() != JsonToken.START_OBJECT) {
          throw new Malformed("expected a JSON object");
        }
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = in.currentName();
          in.nextToken();
          property(name, in);
        }
        if (in.nextToken() != null) {
          throw new Malformed("something follows the JSON object");
        }
      } catch (JacksonException e) {
        throw new Malformed("not a JSON object, or a key of it is written twice");
      }
      return line();
    }

    private void property(String name, JsonParser in) throws Malformed {
      switch (name) {
        case "consumer" -> consumer = text(name, in);
        case "id" -> id = text(name, in);
        case "sha256" -> sha256 = text(name, in);
        case "notBefore" -> notBefore = time(name, in);
        case "expires" -> expires = time(name, in);
        case "groups" -> groups = texts(name, in);
        default ->
            throw new Malformed(
                "an unknown key; there are consumer, id, sha256, notBefore, expires and groups");
      }
    }

    private KeyLine line() throws Malformed {
      if (consumer == null || sha256 == null) {
        throw new Malformed("'consumer' and 'sha256' are needed");
      }
      if (!ApiKeyCredential.isSha256(sha256)) {
        throw new Malformed("'sha256' is 64 hexadecimal digits");
      }
      if (notBefore != null && expires != null && !notBefore.isBefore(expires)) {
        throw new Malformed("the key expires before it is taken");
      }
      String hex = sha256.toLowerCase(Locale.ROOT);
      String name = id == null ? hex.substring(0, 8) : id;
      return new KeyLine(consumer, name, hex, notBefore, expires, groups);
    }

    private static String text(String name, JsonParser in) throws Malformed {
      String text = in.currentToken() == JsonToken.VALUE_STRING ? in.getString() : "";
      if (text.isBlank()
          || text.length() > LONGEST_TEXT
          || text.chars().anyMatch(Character::isISOControl)) {
        throw new Malformed("'%s' is a text of 1 to %d characters".formatted(name, LONGEST_TEXT));
      }
      return text;
    }

    private static Instant time(String name, JsonParser in) throws Malformed {
      try {
        return Instant.parse(text(name, in));
      } catch (DateTimeException e) {
        throw new Malformed("'" + name + "' is a time, as in 2027-12-01T00:00:00Z");
      }
    }

    private static List<String> texts(String name, JsonParser in) throws Malformed {
      List<String> texts = new ArrayList<>();
      if (in.currentToken() != JsonToken.START_ARRAY) {
        throw new Malformed("'" + name + "' is a list");
      }
      while (in.nextToken() != JsonToken.END_ARRAY) {
        if (texts.size() == MOST_GROUPS) {
          throw new Malformed("more than " + MOST_GROUPS + " groups");
        }
        texts.add(text(name, in));
      }
      return List.copyOf(texts);
    }
  }

  /**
   * Makes one of what a user gave.
   *
   * @throws Malformed if it could not be read again
   */
  public static KeyLine of(
      String consumer,
      String id,
      String sha256,
      @Nullable Instant notBefore,
      @Nullable Instant expires,
      List<String> groups)
      throws Malformed {
    byte[] text =
        new KeyLine(consumer, id, sha256, notBefore, expires, groups)
            .text()
            .getBytes(StandardCharsets.UTF_8);
    return new Reader().read(text, text.length);
  }

  byte[] hash() {
    return HexFormat.of().parseHex(sha256);
  }

  KeyRecord key() {
    return KeyRecord.of(consumer, id, groups, notBefore, expires);
  }

  /** As it is written, without the end of the line. */
  String text() {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeStringProperty("consumer", consumer);
      out.writeStringProperty("id", id);
      out.writeStringProperty("sha256", sha256);
      if (notBefore != null) {
        out.writeStringProperty("notBefore", notBefore.toString());
      }
      if (expires != null) {
        out.writeStringProperty("expires", expires.toString());
      }
      if (!groups.isEmpty()) {
        out.writeArrayPropertyStart("groups");
        groups.forEach(out::writeString);
        out.writeEndArray();
      }
      out.writeEndObject();
    }
    return text.toString();
  }

  /** Without the hash. */
  @Override
  public String toString() {
    return "KeyLine[" + consumer + ", " + id + "]";
  }
}
