/**
 * Names of models on the Hugging Face hub: where its cache has them, and how they get there. The
 * layout of the cache is the one that other tools use (huggingface_hub, "cache system").
 */
package dev.orograph.hub;
