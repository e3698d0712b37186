package dev.orograph;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.orograph.instrument.Instruments;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The table of rooms. A room may use the rooms named here, the Java library and what other
 * libraries are allowed to all; a package that has no line does not pass.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.orograph";

  /** Room to the rooms that it may use; {@code model} includes {@code model.family}, and so on. */
  private static final Map<String, List<String>> ROOMS = new LinkedHashMap<>();

  static {
    ROOMS.put("random", List.of());
    ROOMS.put("linalg", List.of());
    ROOMS.put("input", List.of());
    ROOMS.put("lexicon", List.of("input"));
    ROOMS.put("stats", List.of("linalg", "random"));
    ROOMS.put("geometry", List.of("linalg", "random", "stats"));
    ROOMS.put("hub", List.of("input"));
    ROOMS.put("checkpoint", List.of("hub", "input", "linalg"));
    ROOMS.put("tokenizer", List.of("checkpoint", "input"));
    ROOMS.put("model", List.of("checkpoint", "linalg", "random", "input", "tokenizer"));
    ROOMS.put("finding", List.of("stats"));
    ROOMS.put(
        "instrument",
        List.of(
            "random",
            "linalg",
            "input",
            "stats",
            "geometry",
            "checkpoint",
            "tokenizer",
            "lexicon",
            "model",
            "finding"));
    ROOMS.put("comparison", List.of("finding", "stats", "random", "geometry", "instrument"));
    ROOMS.put(
        "survey",
        List.of(
            "comparison",
            "instrument",
            "model",
            "tokenizer",
            "checkpoint",
            "hub",
            "finding",
            "linalg",
            "input",
            "random"));
    ROOMS.put("report", List.of("survey", "finding", "input"));
  }

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .importUrl(Instruments.class.getProtectionDomain().getCodeSource().getLocation());
    assertThat(all.stream().map(JavaClass::getSimpleName))
        .contains("Instruments", "SingularValues", "Survey")
        .noneMatch(n -> n.endsWith("Test"));
  }

  @Test
  void everyPackageHasALineInTheTable() {
    Set<String> found =
        all.stream().map(c -> room(c)).collect(Collectors.toCollection(TreeSet::new));
    assertThat(found).isEqualTo(new TreeSet<>(ROOMS.keySet()));
  }

  @Test
  void aRoomUsesOnlyItsNeighbours() {
    ROOMS.forEach(
        (room, neighbours) -> {
          Set<String> forbidden = new TreeSet<>(ROOMS.keySet());
          forbidden.remove(room);
          neighbours.forEach(forbidden::remove);
          if (forbidden.isEmpty()) {
            return;
          }
          String[] packages =
              forbidden.stream().map(r -> ROOT + "." + r + "..").toArray(String[]::new);
          noClasses()
              .that()
              .resideInAPackage(ROOT + "." + room + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(packages)
              .because("the table of rooms does not allow it")
              .check(all);
        });
  }

  /** A room with its inner rooms counts as one: the one lists name what lies inside. */
  @Test
  void roomsHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(all);
  }

  /** Families do not know each other, nor does one analysis know another's package. */
  @Test
  void innerRoomsAreNamedOnlyByTheOneLists() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".model.family..")
        .and()
        .doNotHaveFullyQualifiedName(ROOT + ".model.Recognition")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".model.family..")
        .check(all);
    for (String subject :
        List.of("weights", "embedding", "density", "states", "corpus", "alignment", "projection")) {
      // The names of figures are for everybody; what they are figures of comes with their types.
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".instrument." + subject + "..")
          .and()
          .doNotHaveFullyQualifiedName(ROOT + ".instrument.Instruments")
          .should()
          .dependOnClassesThat(
              resideInAPackage(ROOT + ".instrument." + subject + "..")
                  .and(not(nameMatching(".*Columns(\\$.*)?"))))
          .check(all);
    }
  }

  /** OpenBLAS belongs to {@code linalg}, libtorch to {@code model.forward}, and nobody else's. */
  @Test
  void nativeCodeHasTwoHomes() {
    Map<String, String> homes =
        Map.of(
            "org.bytedeco.openblas..", ".linalg..", "org.bytedeco.pytorch..", ".model.forward..");
    homes.forEach(
        (library, home) ->
            noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(all));
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".linalg..", ROOT + ".model.forward..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(all);
  }

  /** What a survey of weights opens knows nothing of the forward pass. */
  @Test
  void aModelDoesNotNeedTheForwardPass() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".model", ROOT + ".model.family..", ROOT + ".model.design..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".model.forward..")
        .check(all);
  }

  /** A native engine of strangers' tokenizers ends the process on some; tests compare with it. */
  @Test
  void tokenizersAreOurs() {
    noClasses().should().dependOnClassesThat().resideInAPackage("ai.djl..").check(all);
  }

  /** Files are whole or not there, and a test can let the disk fail, because one class writes. */
  @Test
  void oneClassWritesFiles() {
    Set<String> writing =
        Set.of(
            "copy",
            "createDirectories",
            "createDirectory",
            "createFile",
            "createLink",
            "createSymbolicLink",
            "createTempDirectory",
            "createTempFile",
            "delete",
            "deleteIfExists",
            "move",
            "newBufferedWriter",
            "newByteChannel",
            "newOutputStream",
            "write",
            "writeString");
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".input.Disk")
        .and()
        .doNotHaveFullyQualifiedName(ROOT + ".input.Disk$Part")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "writes a file",
                call ->
                    call.getTargetOwner().isEquivalentTo(Files.class)
                        && writing.contains(call.getName())))
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(
            FileOutputStream.class, FileWriter.class, RandomAccessFile.class, PrintWriter.class)
        .check(all);
  }

  @Test
  void namesSayWhatAClassDoes() {
    assertThat(all.stream().map(JavaClass::getSimpleName))
        .noneMatch(n -> n.matches(".*(Util|Common|Helper|Manager).*"));
    assertThat(all.stream().map(JavaClass::getPackageName).distinct())
        .noneMatch(n -> n.matches(".*\\.(util|common|helper|manager)s?(\\..*)?"));
  }

  @Test
  void publicClassesAreFinal() {
    classes()
        .that()
        .areTopLevelClasses()
        .and()
        .arePublic()
        .should(
            new ArchCondition<>("be final, a record, an interface or an enum") {
              @Override
              public void check(JavaClass c, ConditionEvents events) {
                boolean closed =
                    c.isRecord()
                        || c.isInterface()
                        || c.isEnum()
                        || c.getModifiers().contains(JavaModifier.FINAL);
                events.add(new SimpleConditionEvent(c, closed, c.getName() + " can be extended"));
              }
            })
        .check(all);
  }

  /** What runs nowhere but in an engine must not print; the command line does. */
  @Test
  void theLibraryDoesNotPrint() {
    noClasses()
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(all);
  }

  /** The tables of the test can fail: a class is in exactly one room. */
  @Test
  void theTableIsInOrder() {
    Set<String> before = new TreeSet<>();
    ROOMS.forEach(
        (room, neighbours) -> {
          assertThat(before).as(room + " uses rooms that come before it").containsAll(neighbours);
          before.add(room);
        });
    DescribedPredicate<JavaClass> inARoom =
        DescribedPredicate.describe("in a room", c -> ROOMS.containsKey(room(c)));
    assertThat(all.stream().filter(inARoom.negate())).isEmpty();
    assertThat(Stream.of("util", "common").filter(ROOMS::containsKey)).isEmpty();
  }

  private static String room(JavaClass c) {
    String inside = c.getPackageName().substring(ROOT.length());
    return inside.isEmpty() ? "" : inside.substring(1).split("\\.", 2)[0];
  }
}
