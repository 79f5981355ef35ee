package dev.headgate.exchange;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the connection that a request came on.
 *
 * @param listener the listener's name
 * @param peer the other end of the connection, or what PROXY protocol said it was
 * @param peerText the peer's address as text, made once for each connection
 * @param port the peer's port
 * @param secure whether the connection is TLS
 * @param tlsVersion such as {@code TLSv1.3}; null without TLS
 * @param certificate what the client has shown; null if it showed none, or was not asked for one
 */
public record ClientInfo(
    String listener,
    InetAddress peer,
    String peerText,
    int port,
    boolean secure,
    @Nullable String tlsVersion,
    @Nullable ClientCertificate certificate) {}
