package dev.headgate.ledger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;

/** A store whose connections break as a test wants it. */
final class BreakingStore implements LedgerStore {
  private final LedgerStore store;
  private final Supplier<Fault> fault;

  /** What goes wrong next. */
  enum Fault {
    NOTHING,
    NO_CONNECTION,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  /**
   * @param fault asked at each opening and each commit
   */
  BreakingStore(LedgerStore store, Supplier<Fault> fault) {
    this.store = store;
    this.fault = fault;
  }

  @Override
  public Connection open() throws SQLException {
    if (fault.get() == Fault.NO_CONNECTION) {
      throw new SQLException("no connection");
    }
    Connection real = store.open();
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              Fault now = method.getName().equals("commit") ? fault.get() : Fault.NOTHING;
              if (now == Fault.BEFORE_COMMIT) {
                real.rollback();
                throw new SQLException("broken before the commit");
              }
              try {
                Object result = method.invoke(real, arguments);
                if (now == Fault.AFTER_COMMIT) {
                  throw new SQLException("broken after the commit");
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Override
  public String shown() {
    return store.shown();
  }
}
