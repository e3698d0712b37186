package dev.orograph.finding;

import java.util.List;

/**
 * What one instrument found.
 *
 * @param id the instrument's id
 * @param title heading
 * @param summary one paragraph in words, numbers included
 * @param method what was computed, in two sentences
 * @param source where the method comes from
 * @param limits what this does not show
 * @param findings in the order in which they are shown
 */
public record Section(
    String id,
    String title,
    String summary,
    String method,
    String source,
    String limits,
    List<Finding> findings) {}
