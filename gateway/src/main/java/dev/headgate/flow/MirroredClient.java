package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.Headers;
import dev.headgate.mirror.RequestCopy;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A client whose answer is looked at on its way, to be compared with that to a copy. */
@LoopConfined
record MirroredClient(ClientStream client, RequestCopy copy) implements ClientStream {
  @Override
  public void informational(int status, Headers headers) {
    client.informational(status, headers);
  }

  @Override
  public void head(int status, Headers headers, boolean end) {
    client.head(status, headers, end);
  }

  @Override
  public void data(ByteBuf data) {
    copy.answerData(data);
    client.data(data);
  }

  @Override
  public void end(@Nullable Headers trailers) {
    client.end(trailers);
  }

  @Override
  public void flush() {
    client.flush();
  }

  @Override
  public void abort() {
    client.abort();
  }

  @Override
  public boolean writable() {
    return client.writable();
  }

  @Override
  public void demand(boolean wanted) {
    client.demand(wanted);
  }

  @Override
  public void tunnel(Headers headers) {
    client.tunnel(headers);
  }
}
