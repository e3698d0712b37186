package dev.orograph.survey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import dev.orograph.model.Model;
import dev.orograph.model.Opening;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The model of a run, for whoever opens it again: where it was, what the user had said about it,
 * and by what one knows that it is still the same.
 *
 * @param path where the run found it, or its name
 * @param said what the user said about it
 * @param fingerprint its fingerprint as the run saw it
 */
public record MeasuredModel(Path path, Opening said, String fingerprint) {
  private static final String SAID = "said";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The model that a run tells of.
   *
   * @throws InputException where it tells of none, or of no place
   */
  public static MeasuredModel of(Path run) {
    JsonNode told = RunFolder.run(run).path("model");
    String path = told.path("path").asText();
    if (path.isEmpty()) {
      throw InputException.at(run.resolve(RunFolder.RUN))
          .expected("should say which model was surveyed, and where it lies")
          .found("it does not")
          .build();
    }
    try {
      return new MeasuredModel(Path.of(path), said(told), told.path("fingerprint").asText());
    } catch (InvalidPathException e) {
      throw InputException.at(run.resolve(RunFolder.RUN))
          .expected("should say where the model lies")
          .found("it says '" + Text.visible(path) + "'")
          .cause(e)
          .build();
    }
  }

  /**
   * The model, open where the run found it.
   *
   * @throws InputException where it is another by now
   */
  public Model open() {
    Model model = Model.open(path, said);
    if (!model.checkpoint().fingerprint().equals(fingerprint)) {
      model.close();
      throw InputException.at(path)
          .expected("should be the model that was surveyed")
          .found("its weights are others now")
          .remedy("survey it again")
          .build();
    }
    return model;
  }

  /** Keeps what the user said about the model. */
  static void tell(Opening said, ObjectNode model) {
    ObjectNode told = JSON.createObjectNode();
    told.put("embedding", said.embedding());
    told.put("head", said.head());
    told.put("family", said.family());
    told.put("key", said.key());
    told.properties().removeIf(e -> e.getValue().asText().isEmpty());
    if (said.heads() > 0) {
      told.put("heads", said.heads());
    }
    if (!told.isEmpty()) {
      model.set(SAID, told);
    }
  }

  /** That links may be followed is not among it: a run folder may be a stranger's. */
  private static Opening said(JsonNode model) {
    JsonNode told = model.path(SAID);
    return new Opening(
        told.path("embedding").asText(),
        told.path("head").asText(),
        told.path("family").asText(),
        told.path("key").asText(),
        Math.max(0, told.path("heads").asInt()),
        false);
  }
}
