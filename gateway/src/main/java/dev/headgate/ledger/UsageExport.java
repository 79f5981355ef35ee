package dev.headgate.ledger;

import dev.headgate.config.Money;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes records for other programs, one a line. A record keeps its id in every form and every
 * export, so whoever takes each id once has each request once.
 */
public final class UsageExport {
  private static final String COLUMNS =
      "id,hour,consumer,product,plan,kind,requests,price,currency,amount";

  private final JsonFactory json = new JsonFactory();
  private final Format format;
  private final Writer out;

  /** A form of export. */
  public enum Format {
    /** Comma-separated values (RFC 4180), the names of the columns first. */
    CSV,
    /** An object of JSON on each line. */
    JSONL,
    /** A CloudEvent 1.0 in JSON on each line. */
    CLOUDEVENTS
  }

  public UsageExport(Format format, Writer out) {
    this.format = format;
    this.out = out;
    if (format == Format.CSV) {
      line(COLUMNS);
    }
  }

  /** Writes one. */
  public void write(UsageRow row) {
    line(
        switch (format) {
          case CSV -> csv(row);
          case JSONL -> text(row, false);
          case CLOUDEVENTS -> text(row, true);
        });
  }

  private void line(String text) {
    try {
      out.write(text);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String csv(UsageRow row) {
    Money price = row.line().price();
    return String.join(
        ",",
        row.id(),
        row.begins().toString(),
        cell(row.line().consumer()),
        cell(row.line().product()),
        cell(row.line().plan()),
        row.line().kind().word(),
        Long.toString(row.requests()),
        price == null ? "" : price.amount().toPlainString(),
        price == null ? "" : price.currency().getCurrencyCode(),
        price == null ? "" : amount(price, row.requests()));
  }

  private static String cell(String text) {
    boolean plain = text.chars().noneMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** Exactly, not rounded. */
  private static String amount(Money price, long requests) {
    return price.amount().multiply(BigDecimal.valueOf(requests)).toPlainString();
  }

  private String text(UsageRow row, boolean event) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = json.createGenerator(ObjectWriteContext.empty(), text)) {
      generator.writeStartObject();
      if (event) {
        generator.writeStringProperty("specversion", "1.0");
        generator.writeStringProperty("id", row.id());
        generator.writeStringProperty("source", "urn:headgate:ledger");
        generator.writeStringProperty("type", "dev.headgate.usage");
        generator.writeStringProperty("time", row.begins().toString());
        generator.writeStringProperty("subject", row.line().consumer());
        generator.writeStringProperty("datacontenttype", "application/json");
        generator.writeObjectPropertyStart("data");
      } else {
        generator.writeStringProperty("id", row.id());
      }
      data(row, generator);
      if (event) {
        generator.writeEndObject();
      }
      generator.writeEndObject();
    }
    return text.toString();
  }

  /** Money is text: a number of JSON is a double to many. */
  private static void data(UsageRow row, JsonGenerator generator) {
    generator.writeStringProperty("hour", row.begins().toString());
    generator.writeStringProperty("consumer", row.line().consumer());
    generator.writeStringProperty("product", row.line().product());
    generator.writeStringProperty("plan", row.line().plan());
    generator.writeStringProperty("kind", row.line().kind().word());
    generator.writeNumberProperty("requests", row.requests());
    Money price = row.line().price();
    if (price != null) {
      generator.writeStringProperty("price", price.amount().toPlainString());
      generator.writeStringProperty("currency", price.currency().getCurrencyCode());
      generator.writeStringProperty("amount", amount(price, row.requests()));
    }
  }
}
