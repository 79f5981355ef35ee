package dev.headgate.config;

/**
 * One of several kinds of a thing, with the configuration that its kind takes. In YAML the kind's
 * name is the key: {@code { jwt: { issuer: … } }}.
 *
 * @param kind as the user writes it
 * @param config of the record type that the kind brings
 */
public record Typed(String kind, Record config) {}
