package dev.headgate.policy.apikey;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Vouches for callers that show the key of a consumer. The key is taken from exactly one place; without any, from the"
        + " header field X-API-Key.")
public record ApiKey(
    @Doc(value = "The header field that holds the key.", example = "X-API-Key")
        @Nullable String header,
    @Doc(
            "The query parameter that holds the key. Queries end up in the logs of others: prefer a header field.")
        @Nullable String query,
    @Doc("The cookie that holds the key.") @Nullable String cookie,
    @Doc(
            value =
                "A file with further keys, one JSON object a line: `consumer`, `id`, `sha256`, and if you like `notBefore`,"
                    + " `expires`, and `groups` of a consumer that is not under `consumers`. It is read again when it"
                    + " changes. `headgate keys create --write` and `headgate keys revoke` change it.",
            example = "keys.jsonl")
        @Nullable String keysFile,
    @Doc(
            "How long a key with a slow hash that was right is taken without checking its hash again. It is remembered as a"
                + " keyed hash; a key that is taken out of the configuration is taken no more at once.")
        @Default("5m")
        @Range(min = "0s", max = "1h")
        Duration remember,
    @Doc("Whether the upstream gets the key too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject`, `policy`, `groups`,"
                    + " `scopes` or `claims.NAME`. No caller can send these fields.",
            example = "{ X-Consumer: consumer }")
        Map<String, String> identityHeaders) {}
