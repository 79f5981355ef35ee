/**
 * HTTP as bytes and rules: header fields, strict HTTP/1 parsing and writing, hop-by-hop fields,
 * canonical paths. Nothing here knows of routes, policies or connections.
 */
@NullMarked
package dev.headgate.http;

import org.jspecify.annotations.NullMarked;
