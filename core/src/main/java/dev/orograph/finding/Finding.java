package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One result as data. A finding says what was measured and never how it is drawn; the report
 * decides that. The {@code id} is stable and dotted ({@code spectra.self_attn_q.stable_rank}), so
 * that a number can be fetched by name from any run.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Scalar.class, name = "scalar"),
  @JsonSubTypes.Type(value = Table.class, name = "table"),
  @JsonSubTypes.Type(value = Curve.class, name = "curve"),
  @JsonSubTypes.Type(value = Bars.class, name = "bars"),
  @JsonSubTypes.Type(value = Boxes.class, name = "boxes"),
  @JsonSubTypes.Type(value = Heatmap.class, name = "heatmap"),
  @JsonSubTypes.Type(value = Histogram.class, name = "histogram"),
  @JsonSubTypes.Type(value = Scatter.class, name = "scatter"),
  @JsonSubTypes.Type(value = Note.class, name = "note"),
})
public sealed interface Finding
    permits Scalar, Table, Curve, Bars, Boxes, Heatmap, Histogram, Scatter, Note {
  /** Stable dotted identifier, unique within a run. */
  String id();

  /** A short human title. */
  String title();
}
