package dev.headgate.policy.basic;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import java.time.Duration;
import java.util.Map;

@Doc(
    "Vouches for callers that show a user's name and password, as `Authorization: Basic` (RFC 7617). Passwords are"
        + " checked against slow hashes on threads of their own and then remembered for a while.")
public record Basic(
    @Doc("What the password is for: browsers show it to people.") @Default("api") String realm,
    @Doc(
            "How long a password that was right is taken without checking its hash again. It is remembered as a keyed"
                + " hash; a password that is replaced in the configuration is taken no more at once.")
        @Default("5m")
        @Range(min = "0s", max = "1h")
        Duration remember,
    @Doc("Whether the upstream gets the password too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject` (the user's name), `policy`,"
                    + " `groups` or `scopes`. No caller can send these fields.",
            example = "{ X-User: subject }")
        Map<String, String> identityHeaders) {}
