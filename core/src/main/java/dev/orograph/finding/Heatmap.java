package dev.orograph.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A matrix of colours.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param columns labels along the horizontal axis
 * @param rows labels along the vertical axis
 * @param values one list per row; null where there is no value
 * @param x horizontal axis
 * @param value the coloured quantity
 * @param middle the value of the neutral colour (the null), or null for a one-sided scale
 * @param reading one sentence: how to read this
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Heatmap(
    String id,
    String title,
    List<String> columns,
    List<String> rows,
    List<List<Double>> values,
    Axis x,
    Axis value,
    Double middle,
    String reading)
    implements Finding {}
