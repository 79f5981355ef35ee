package dev.headgate.policy.authorize;

import dev.headgate.config.Config;
import dev.headgate.config.Nearest;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import dev.headgate.expression.Expression;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The kind {@code authorize}. */
public final class AuthorizeKind implements PolicyKind<Authorize> {
  @Override
  public String name() {
    return "authorize";
  }

  @Override
  public Class<Authorize> config() {
    return Authorize.class;
  }

  @Override
  public Stage stage(Authorize config) {
    return Stage.AUTHORIZE;
  }

  @Override
  public void check(String at, Authorize config, Config whole, Problems problems) {
    boolean empty =
        config.when() == null
            && config.scopes().isEmpty()
            && config.groups().isEmpty()
            && config.consumers().isEmpty()
            && config.claims().isEmpty()
            && config.methods().isEmpty();
    if (empty) {
      problems.error(at, "no rule: everybody would be let through", "as in 'groups: [partners]'");
    }
    for (int i = 0; i < config.methods().size(); i++) {
      String method = config.methods().get(i);
      if (!method.equals(method.toUpperCase(Locale.ROOT))) {
        problems.error(
            at + ".methods[" + i + "]",
            "letter case counts in methods",
            "write '" + method.toUpperCase(Locale.ROOT) + "'");
      }
    }
    List<String> known =
        whole.consumers().values().stream().flatMap(c -> c.groups().stream()).distinct().toList();
    for (int i = 0; i < config.groups().size(); i++) {
      String group = config.groups().get(i);
      if (!known.contains(group)) {
        problems.warning(
            at + ".groups[" + i + "]",
            "no consumer is in a group " + Shown.quoted(group),
            Nearest.hint(group, known));
      }
    }
    for (int i = 0; i < config.consumers().size(); i++) {
      String consumer = config.consumers().get(i);
      if (!whole.consumers().containsKey(consumer)) {
        problems.error(
            at + ".consumers[" + i + "]",
            "no consumer is named " + Shown.quoted(consumer),
            Nearest.hint(consumer, whole.consumers().keySet()));
      }
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(Authorize config, Preparation preparation) {
    Expression when = null;
    if (config.when() != null) {
      try {
        when = Expression.condition(config.when());
      } catch (Expression.Malformed e) {
        preparation.error("when", String.valueOf(e.getMessage()), e.hint());
        return null;
      }
    }
    Expression compiled = when;
    return loop -> new AuthorizePolicy(config, compiled, loop);
  }
}
