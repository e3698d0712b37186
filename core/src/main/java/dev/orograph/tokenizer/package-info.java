/**
 * Text to token ids and back: finds the tokenizer that lies beside a checkpoint, checks every byte
 * of it, writes what was checked in one form, and gives only that to the engine (the Hugging Face
 * tokenizers library). The engine ends the whole process where something in it goes wrong, so what
 * could make it go wrong is refused before.
 */
package dev.orograph.tokenizer;
