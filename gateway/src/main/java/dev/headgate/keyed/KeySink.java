package dev.headgate.keyed;

/** What takes up the parts of a key. Loop-confined. */
interface KeySink {
  /** Says what comes next, so that an address is never taken for a name. */
  void kind(byte kind);

  void bytes(byte[] bytes);

  void text(String text);
}
