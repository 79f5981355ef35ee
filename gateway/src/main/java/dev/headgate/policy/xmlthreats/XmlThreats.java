package dev.headgate.policy.xmlthreats;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import dev.headgate.config.Size;
import java.util.List;

@Doc(
    "Lets only request bodies through that are well-formed XML 1.0 with namespaces, in UTF-8, within limits, checked while"
        + " they pass and below `gzip` and `deflate`. A document type (`xml.dtd`) is always refused, and with it every entity"
        + " but the five that XML knows. The upstream gets the end of a body only if all of it holds. What does not gets 400"
        + " with a reason for each limit; lengths are in bytes as they are written.")
public record XmlThreats(
    @Doc("How deep elements may lie in one another. Else `xml.too_deep`.")
        @Default("40")
        @Range(min = "1", max = "10000")
        int depth,
    @Doc("How many elements a body may have in all. Else `xml.too_many_elements`.")
        @Default("100000")
        @Range(min = "1", max = "1000000000")
        int elements,
    @Doc("How many elements may lie directly in one. Else `xml.too_many_children`.")
        @Default("10000")
        @Range(min = "1", max = "1000000000")
        int children,
    @Doc("How many attributes an element may have. Else `xml.too_many_attributes`.")
        @Default("50")
        @Range(min = "0", max = "1000")
        int attributes,
    @Doc("How many namespaces an element may declare. Else `xml.too_many_namespaces`.")
        @Default("20")
        @Range(min = "0", max = "1000")
        int namespaces,
    @Doc(
            "How long the name of an element or attribute may be, with its prefix. Else `xml.name_too_long`.")
        @Default("200B")
        @Range(min = "1B", max = "64KiB")
        Size nameLength,
    @Doc(
            "How long the value of an attribute may be, or the name of a namespace. Else `xml.attribute_too_long`.")
        @Default("8KiB")
        @Range(min = "1B", max = "1MiB")
        Size attributeLength,
    @Doc(
            "How long a tag, a comment or a processing instruction may be as a whole. Else `xml.markup_too_long`.")
        @Default("32KiB")
        @Range(min = "16B", max = "1MiB")
        Size markupLength,
    @Doc("How long the text between two tags may be, CDATA included. Else `xml.text_too_long`.")
        @Default("1MiB")
        @Range(min = "1B", max = "64MiB")
        Size textLength,
    @Doc(
            "The media types that are checked: `application/xml`, `text/*`, `application/*+xml` or `*/*`.")
        @Default("[application/xml, text/xml, application/*+xml]")
        List<String> contentTypes,
    @Doc(
            value =
                "Media types of bodies that pass without a look. A body with any other type, or with none, gets 415"
                    + " `xml.type`, as the upstream might read it as XML all the same.",
            example = "[application/json]")
        List<String> passTypes,
    @Doc(
            "The most bytes that a compressed body may inflate to. Else 413 `body.inflated_too_large`.")
        @Default("20MiB")
        Size inflated,
    @Doc(
            "How many bytes each byte of a compressed body may inflate to, beyond 64 KiB. Else 413 `body.inflation_ratio`.")
        @Default("100")
        @Range(min = "1", max = "1100")
        int inflationRatio) {}
