/**
 * Text to token ids and back: finds the tokenizer that lies beside a checkpoint, checks every byte
 * of it, writes what was checked in one form, and encodes with that. The parts are those of the
 * Hugging Face tokenizers library, in Java; work and memory for a text have bounds of their own,
 * because a file of a few kilobytes can ask for any amount of both.
 */
package dev.orograph.tokenizer;
