package dev.orograph.cli;

import dev.orograph.comparison.Comparison;
import dev.orograph.finding.ReferenceModels;
import dev.orograph.finding.ReferenceModels.Reference;
import dev.orograph.finding.Results;
import dev.orograph.input.InputException;
import dev.orograph.report.Outputs;
import dev.orograph.survey.ReferenceFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code orograph reference}: the models that findings are set beside. */
@Command(
    name = "reference",
    description = "The models among which a survey says how usual its findings are.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph reference list         the models that come with the program, and yours",
      "  orograph reference add RUN      from now on surveys are set beside this model too",
      "",
      "What is kept is how far each claim lies from its null, no weights. A finished run keeps the",
      "standing that it was given; survey with --fresh to have a new one.",
    })
final class ReferenceCommand implements Runnable {
  /** The user's own file: what the system property says, or in the folder of the user's data. */
  static Path own() {
    String said = System.getProperty(ReferenceFile.PROPERTY, "");
    if (!said.isEmpty()) {
      return Path.of(said);
    }
    String data = System.getenv().getOrDefault("XDG_DATA_HOME", "");
    Path home = Path.of(System.getProperty("user.home", "."), ".local", "share");
    return (data.isEmpty() ? home : Path.of(data)).resolve("orograph").resolve("reference.json");
  }

  @Override
  public void run() {
    list();
  }

  @Command(name = "list", description = "Lists the models.")
  int list() {
    ReferenceModels all = ReferenceFile.all();
    for (Reference m : all.models()) {
      System.out.println(
          Terminal.visible(
              String.format(
                  Locale.ROOT, "%-32s %-16s %d figures", m.name(), m.kind(), m.effects().size())));
    }
    if (all.models().isEmpty()) {
      System.out.println("There are none; 'orograph reference add RUN' adds one.");
    }
    return 0;
  }

  @Command(
      name = "add",
      description = "Adds the models of finished runs, or replaces those of the same checkpoint.")
  int add(
      @Parameters(paramLabel = "RUN", arity = "1..*", description = "Folders of finished runs.")
          List<Path> runs,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "Where they are kept (default: in the folder of the user's data).")
          Path file) {
    Path to = file == null ? own() : file;
    for (Path run : runs) {
      Results results = Outputs.read(run);
      Reference model = Reference.of(results);
      if (Comparison.is(results) || model.effects().isEmpty()) {
        throw InputException.at(run)
            .expected("should be the run of one model with figures that are set against chance")
            .found(Comparison.is(results) ? "it is a comparison" : "it has none")
            .remedy("name the run of a survey")
            .build();
      }
      int models = ReferenceFile.add(to, model).models().size();
      System.out.println(
          Terminal.visible(model.name())
              + ": "
              + model.effects().size()
              + " figures; "
              + models
              + (models == 1 ? " model in " : " models in ")
              + to);
    }
    return 0;
  }
}
