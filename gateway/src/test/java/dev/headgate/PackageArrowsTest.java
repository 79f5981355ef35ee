package dev.headgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What each package may use. Read it as the list of the design; what is not here is forbidden. */
class PackageArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.headgate");

  private static final Map<String, String> MAY_USE =
      Map.ofEntries(
          Map.entry("concurrent", ""),
          Map.entry("config", "concurrent"),
          Map.entry("http", "concurrent"),
          Map.entry("http2", "concurrent http"),
          Map.entry("exchange", "concurrent http config overload"),
          Map.entry("expression", "concurrent http exchange config"),
          Map.entry("pem", ""),
          Map.entry("structured", ""),
          Map.entry("digest", "http exchange structured"),
          Map.entry("signature", "concurrent"),
          Map.entry("content", "concurrent http exchange config"),
          Map.entry("jose", "concurrent http exchange config pem signature"),
          Map.entry("jwe", "concurrent exchange config jose pem"),
          Map.entry("keyed", "concurrent http exchange config"),
          Map.entry("split", "concurrent http exchange config expression keyed"),
          Map.entry("callout", "concurrent http exchange config"),
          Map.entry("store", "concurrent exchange config callout tls"),
          Map.entry("secret", "concurrent exchange config"),
          Map.entry(
              "policy",
              "concurrent http exchange config expression jose jwe keyed pem callout secret structured"
                  + " digest signature content overload"),
          Map.entry("plan", "concurrent http exchange config"),
          Map.entry("ledger", "concurrent config plan"),
          Map.entry("route", "concurrent http exchange config"),
          Map.entry("tls", "concurrent config pem"),
          Map.entry("overload", "concurrent config"),
          Map.entry("health", "concurrent exchange config overload"),
          Map.entry("retry", "concurrent http exchange config"),
          Map.entry("balance", "config health"),
          Map.entry(
              "snapshot",
              "balance concurrent http exchange config health overload route tls expression policy plan"
                  + " split"),
          Map.entry(
              "upstream",
              "balance concurrent http http2 exchange config health keyed overload retry snapshot tls"),
          Map.entry("mirror", "concurrent http content exchange config snapshot upstream"),
          Map.entry("telemetry", "concurrent http exchange config keyed snapshot"),
          Map.entry(
              "flow",
              "concurrent http exchange config health mirror overload retry route snapshot upstream telemetry"
                  + " expression split"),
          Map.entry(
              "listen",
              "concurrent http http2 exchange config snapshot upstream telemetry flow tls"),
          Map.entry(
              "worker",
              "balance concurrent http exchange config health mirror overload retry snapshot upstream"
                  + " telemetry flow listen tls store"),
          Map.entry("source", "concurrent config"),
          Map.entry("admin", "concurrent config"));

  @Test
  void everyPackageUsesOnlyWhatItMay() {
    Map<String, TreeSet<String>> used = new TreeMap<>();
    CLASSES.forEach(type ->
        type.getDirectDependenciesFromSelf()
            .forEach(dependency -> {
              String from = room(type.getPackageName());
              String to = room(dependency.getTargetClass().getPackageName());
              if (!from.isEmpty() && !to.isEmpty() && !from.equals(to)) {
                used.computeIfAbsent(from, _ -> new TreeSet<>()).add(to);
              }
            }));
    Map<String, List<String>> forbidden = new TreeMap<>();
    used.forEach((from, all) -> {
      List<String> allowed = Arrays.asList(MAY_USE.getOrDefault(from, "").split(" "));
      List<String> wrong = all.stream().filter(to -> !allowed.contains(to)).toList();
      if (!wrong.isEmpty()) {
        forbidden.put(from, wrong);
      }
    });
    assertThat(forbidden).isEmpty();
    assertThat(used).as("the classes were found").containsKeys("flow", "listen", "worker");
  }

  @Test
  void nothingOnTheRequestPathSleepsLooksAtTheWallClockOrBacktracks() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.headgate.testkit..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(System.class, "getProperty", String.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.headgate.config..", "dev.headgate.source..", "dev.headgate.testkit..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.regex..")
        .check(CLASSES);
  }

  /**
   * The first name below {@code dev.headgate}; empty for the package itself and for others' code.
   */
  private static String room(String packageName) {
    if (!packageName.startsWith("dev.headgate.")) {
      return "";
    }
    String below = packageName.substring("dev.headgate.".length());
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }
}
