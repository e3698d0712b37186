package dev.orograph.cli;

import dev.orograph.model.Model;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.Transformer;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What the commands that compute with a model let their user choose. */
final class PassOptions {
  @Option(
      names = "--precision",
      defaultValue = "float32",
      converter = Names.class,
      completionCandidates = Names.All.class,
      paramLabel = "TYPE",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Precision precision;

  Transformer load(Model model) {
    return Transformer.load(model, precision, Device.CPU);
  }

  /** Precisions by their usual names. */
  static final class Names implements CommandLine.ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      try {
        return Precision.of(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(
            "no precision '" + text + "'; there are " + e.getMessage());
      }
    }

    /** Their names. */
    static final class All implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return Arrays.stream(Precision.values()).map(Precision::id).iterator();
      }
    }
  }
}
