package dev.orograph.cli;

import dev.orograph.finding.Note;
import dev.orograph.finding.Results;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code orograph extract}: the states of a model over a corpus, as arrays. */
@Command(
    name = "extract",
    description = "Writes the hidden states of a model over a corpus as arrays.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  orograph extract path/to/model --text corpus.txt --states block_5.out,final_norm.out",
      "  orograph extract path/to/model --ids ids.json --states all --out states",
      "  orograph extract path/to/vit --pixels images.safetensors --states pooled",
      "",
      "IDS holds {\"input_ids\": [[..], ..]} and, where wanted, \"attention_mask\", \"position_ids\",",
      "\"token_type_ids\" and \"decoder_input_ids\". Shorter sequences are padded on the right. States are float32,",
      "[sequence, position, width], in arrays/extract.safetensors of the run folder, with input_ids and",
      "attention_mask beside them; where the mask is 0 a state means nothing.",
      "",
      "An extraction that was interrupted goes on where it stopped when the same command is given again.",
    })
final class ExtractCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "Checkpoint folder, file, or name.")
  private Path model;

  @Mixin private AnalysisOptions options;

  @Override
  public Integer call() {
    long given =
        Stream.of("--text", "--ids", "--pixels")
            .map(options::given)
            .filter(Objects::nonNull)
            .count();
    if (given != 1) {
      throw options.usage("give --text, --ids or --pixels, one of them");
    }
    options.check();
    RunOptions.Run run =
        options.survey(model, false, "be a model that reads what is given to extract states of it");
    Quiet quiet = options.run().quiet();
    Results results = run.results();
    for (String id : List.of("extract.cut", "extract.blind")) {
      results.find(id).ifPresent(note -> quiet.say("orograph: " + ((Note) note).text()));
    }
    Summary.ofAnalyses(results, run.folder(), quiet);
    System.out.println("States:   " + run.folder().resolve("arrays/extract.safetensors"));
    return 0;
  }
}
