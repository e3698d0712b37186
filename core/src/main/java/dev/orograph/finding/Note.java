package dev.orograph.finding;

/**
 * Something that must be said in words: a caveat, a count of NaN, what was left out and why.
 *
 * @param id stable dotted identifier
 * @param title short title
 * @param text the note
 */
public record Note(String id, String title, String text) implements Finding {}
