/** Sockets of clients: TLS, PROXY protocol, HTTP/1.1 and HTTP/2, each turned into an exchange. */
@NullMarked
package dev.headgate.listen;

import org.jspecify.annotations.NullMarked;
