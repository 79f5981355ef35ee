package dev.headgate.policy.jsonthreats;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import dev.headgate.config.Size;
import java.util.List;

@Doc(
    "Lets only request bodies through that are well-formed JSON (RFC 8259, UTF-8) within limits, checked while they pass and"
        + " below `gzip` and `deflate`. The upstream gets the end of a body only if all of it holds. What does not gets 400"
        + " with a reason for each limit; lengths are in bytes as they are written.")
public record JsonThreats(
    @Doc("How deep arrays and objects may lie in one another. Else `json.too_deep`.")
        @Default("20")
        @Range(min = "1", max = "10000")
        int depth,
    @Doc("How many keys an object may have. Else `json.too_many_keys`.")
        @Default("1000")
        @Range(min = "1", max = "1000000")
        int keys,
    @Doc("How long a key may be. Else `json.key_too_long`.")
        @Default("200B")
        @Range(min = "1B", max = "64KiB")
        Size keyLength,
    @Doc("How many items an array may have. Else `json.too_many_items`.")
        @Default("10000")
        @Range(min = "1", max = "1000000000")
        int items,
    @Doc("How long a string may be that is no key. Else `json.string_too_long`.") @Default("64KiB")
        Size stringLength,
    @Doc("How many characters a number may have. Else `json.number_too_long`.")
        @Default("40")
        @Range(min = "1", max = "1000000")
        int numberLength,
    @Doc(
            "How large the exponent of a number may be, whatever its sign: some readers of `1e1000000000` make a number with"
                + " a billion digits. Else `json.exponent_too_large`.")
        @Default("400")
        @Range(min = "0", max = "1000000000")
        int exponent,
    @Doc(
            "How many values a body may have in all: strings, numbers, `true`, `false`, `null`, arrays and objects. Else"
                + " `json.too_many_values`.")
        @Default("100000")
        @Range(min = "1", max = "1000000000")
        int values,
    @Doc(
            "Whether an object may have a key twice, of which readers take different ones. Keys that are the same without"
                + " their escapes are the same. Else `json.duplicate_key`.")
        @Default("reject")
        Duplicates duplicateKeys,
    @Doc(
            "The media types that are checked: `application/json`, `text/*`, `application/*+json` or `*/*`.")
        @Default("[application/json, text/json, application/*+json]")
        List<String> contentTypes,
    @Doc(
            value =
                "Media types of bodies that pass without a look. A body with any other type, or with none, gets 415"
                    + " `json.type`, as the upstream might read it as JSON all the same.",
            example = "[multipart/form-data]")
        List<String> passTypes,
    @Doc(
            "The most bytes that a compressed body may inflate to. Else 413 `body.inflated_too_large`.")
        @Default("20MiB")
        Size inflated,
    @Doc(
            "How many bytes each byte of a compressed body may inflate to, beyond 64 KiB. Else 413 `body.inflation_ratio`.")
        @Default("100")
        @Range(min = "1", max = "1100")
        int inflationRatio) {

  /** What becomes of an object that has a key twice. */
  public enum Duplicates {
    REJECT,
    ALLOW
  }
}
