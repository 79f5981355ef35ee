package dev.headgate.listen;

/** A client's connection, whatever its protocol. Loop-confined. */
interface ClientConnection {
  /** Takes no further request, and closes when those under way are answered. */
  void drain();

  /** Closes at once. */
  void close();
}
