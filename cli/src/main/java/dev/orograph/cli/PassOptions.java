package dev.orograph.cli;

import dev.orograph.model.Model;
import dev.orograph.model.forward.Device;
import dev.orograph.model.forward.Precision;
import dev.orograph.model.forward.Transformer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
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

  String precision() {
    return Names.of(precision);
  }

  /** Precisions by their usual names. */
  static final class Names implements CommandLine.ITypeConverter<Precision> {
    static String of(Precision p) {
      return p == Precision.BFLOAT16 ? "bf16" : p.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Precision convert(String text) {
      for (Precision p : Precision.values()) {
        if (of(p).equalsIgnoreCase(text) || p.name().equalsIgnoreCase(text)) {
          return p;
        }
      }
      throw new CommandLine.TypeConversionException(
          "no precision '" + text + "'; there are " + String.join(", ", new All().names()));
    }

    /** Their names. */
    static final class All implements Iterable<String> {
      List<String> names() {
        return Arrays.stream(Precision.values()).map(Names::of).toList();
      }

      @Override
      public Iterator<String> iterator() {
        return names().iterator();
      }
    }
  }
}
