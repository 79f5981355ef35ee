package dev.headgate.snapshot;

import dev.headgate.config.Mode;
import dev.headgate.config.read.FileStamp;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.expression.Expression;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A policy as a route has it.
 *
 * @param name what the user calls it; its kind where it has no name
 * @param mode the milder of what the policy and the route say
 * @param conditions all must be true for the policy to be asked
 * @param authenticates whether it stands under {@code auth}
 * @param readsConsumers whether it was made of the consumers, so that it must be made again when
 *     they change
 * @param stores what it counts in, so that it must be made again when one changes
 * @param files what it was made of besides, so that it must be made again when one changes
 */
public record CompiledPolicy(
    String name,
    String kind,
    Stage stage,
    Mode mode,
    List<Expression> conditions,
    boolean authenticates,
    boolean readsConsumers,
    Map<Path, FileStamp> files,
    Set<Stores.Place> stores,
    PolicyFactory factory) {}
