package dev.orograph.instrument.projection;

import dev.orograph.instrument.Choice;
import dev.orograph.instrument.Choices;
import java.io.Serializable;
import java.util.List;

/**
 * How a model is projected onto another.
 *
 * @param seed seed of every draw
 * @param sound whether nulls and intervals are wanted beside the seed's figures
 * @param fitted tokens that the principal components are taken from, at most
 * @param anchors tokens that the rotation is fitted to, at most
 * @param heldOut tokens that it is judged by, at most
 * @param neighbours how many nearest tokens are compared
 */
record ProjectionSettings(
    long seed, boolean sound, int fitted, int anchors, int heldOut, int neighbours)
    implements Serializable {
  static final Choice<Integer> FITTED =
      Choice.of(
          "fitted",
          "N",
          "Tokens that the principal components are taken from (default: 50,000, or all).",
          Choice::positive,
          50_000);

  static final Choice<Integer> ANCHORS =
      Choice.of(
          "anchors",
          "N",
          "Tokens that the rotation is fitted to (default: 10,000, or two thirds).",
          Choice::positive,
          10_000);

  static final Choice<Integer> HELD_OUT =
      Choice.of(
          "held_out",
          "N",
          "Other tokens that it is judged by (default: 5,000, or what is left).",
          Choice::positive,
          5_000);

  static final Choice<Integer> NEIGHBOURS =
      Choice.of(
          "neighbours",
          "K",
          "Nearest tokens that are compared (default: 10).",
          Choice::positive,
          10);

  static final Choices<ProjectionSettings> CHOICES =
      new Choices<>(
          List.of(FITTED, ANCHORS, HELD_OUT, NEIGHBOURS),
          made ->
              new ProjectionSettings(
                  made.seed(),
                  made.sound(),
                  made.get(FITTED),
                  made.get(ANCHORS),
                  made.get(HELD_OUT),
                  made.get(NEIGHBOURS)));

  /** Anchors among n tokens: a third at least is held out. */
  int anchors(int n) {
    return Math.min(anchors, n - n / 3);
  }

  /** Held-out tokens among n. */
  int heldOut(int n) {
    return Math.min(heldOut, n - anchors(n));
  }
}
