package dev.orograph.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.BoundedJson;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Which files of a repository a survey needs: the settings and the tokenizer that lie at its top,
 * and one set of weights, safetensors where there are any. In this order: {@code
 * model.safetensors.index.json}, {@code model.safetensors}, {@code consolidated.safetensors},
 * {@code adapter_model.safetensors}, the only index, the only {@code *.safetensors}, the same of
 * {@code pytorch_model.bin}. Others are taken when a pattern names them.
 *
 * @param companions settings and tokenizer
 * @param weights weight files, or the one index that names them
 */
record WantedFiles(List<String> companions, List<String> weights) {
  private static final String SAFE = ".safetensors";
  private static final String INDEX = ".index.json";
  private static final int MOST = 4096;
  private static final int LONGEST_NAME = 1000;
  private static final int LONGEST_PART = 255;
  private static final int MOST_INDEX = 64 << 20;
  private static final Set<String> COMPANIONS =
      Set.of(
          "config.json",
          "params.json",
          "open_clip_config.json",
          "adapter_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt");
  private static final List<String> USUAL =
      List.of(
          "model" + SAFE + INDEX, "model" + SAFE, "consolidated" + SAFE, "adapter_model" + SAFE);
  private static final List<String> OLDER =
      List.of("pytorch_model.bin" + INDEX, "pytorch_model.bin", "adapter_model.bin");
  private static final Pattern SHARD = Pattern.compile("pytorch_model.*\\.bin");
  private static final Pattern WEIGHTS =
      Pattern.compile(
          ".*\\.(safetensors|bin|pt|pth|ckpt|gguf|ggml|onnx|h5|msgpack|npz|safetensors\\.index\\.json)");

  /**
   * Chooses.
   *
   * @param name of the model, for the message
   * @param files every file of the repository
   * @param pattern which weights, with {@code *} and {@code ?}; empty for the usual ones
   * @throws InputException where there are none, several and none is named, or a name is no name of
   *     a file
   */
  static WantedFiles of(HubName name, List<String> files, Optional<String> pattern) {
    files.forEach(file -> requireHarmless(name, file));
    List<String> top = files.stream().filter(file -> file.indexOf('/') < 0).toList();
    List<String> companions =
        top.stream().filter(f -> COMPANIONS.contains(f) || f.endsWith(".model")).toList();
    List<String> weights =
        pattern.map(p -> named(name, files, p)).orElseGet(() -> usual(name, files, top));
    if (companions.size() + weights.size() > MOST) {
      throw refused(name, "must have at most " + MOST + " files to fetch", "has more").build();
    }
    return new WantedFiles(companions, weights);
  }

  /** The indexes among the weights: they have to be read to know the rest. */
  List<String> indexes() {
    return weights.stream().filter(file -> file.endsWith(INDEX)).toList();
  }

  /**
   * The files that an index names, which lie beside it.
   *
   * @param name of the model, for the message
   * @param index its name in the repository
   * @param file where it lies now
   * @param files every file of the repository
   * @throws InputException where it names none, or one that is not there
   */
  static List<String> shards(HubName name, String index, Path file, Set<String> files) {
    String folder = index.substring(0, index.lastIndexOf('/') + 1);
    JsonNode map = BoundedJson.read(file, MOST_INDEX).path("weight_map");
    Set<String> shards = new TreeSet<>();
    for (JsonNode shard : map) {
      if (!shard.isTextual() || !files.contains(folder + shard.textValue())) {
        throw InputException.at(Path.of(index))
            .expected("must name files of " + name.id())
            .found("names " + Text.visible(shard.toString()))
            .remedy("ask its authors")
            .build();
      }
      shards.add(folder + shard.textValue());
    }
    if (shards.isEmpty() || shards.size() > MOST) {
      throw InputException.at(Path.of(index))
          .expected("must name between 1 and " + MOST + " files")
          .found("names " + shards.size())
          .remedy("ask its authors")
          .build();
    }
    return List.copyOf(shards);
  }

  private static List<String> named(HubName name, List<String> files, String pattern) {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw InputException.at(Path.of("--file"))
          .place(Text.quoted(pattern))
          .expected("must be a pattern such as '*.gguf'")
          .found("is none")
          .cause(e)
          .build();
    }
    List<String> found = files.stream().filter(file -> matches(matcher, file)).toList();
    if (found.isEmpty()) {
      throw refused(name, "must have a file " + Text.quoted(pattern), has(files)).build();
    }
    if (found.stream().filter(f -> f.endsWith(".gguf")).count() > 1) {
      throw refused(name, "must have one file " + Text.quoted(pattern), HubCache.some(found))
          .remedy("write more of its name")
          .build();
    }
    return found;
  }

  /** A name that this system cannot have is named by no pattern. */
  private static boolean matches(PathMatcher matcher, String file) {
    try {
      return file.indexOf(':') < 0 && matcher.matches(Path.of(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static List<String> usual(HubName name, List<String> files, List<String> top) {
    for (String usual : USUAL) {
      if (top.contains(usual)) {
        return List.of(usual);
      }
    }
    for (String ending : List.of(SAFE + INDEX, SAFE)) {
      List<String> found = top.stream().filter(f -> f.endsWith(ending)).toList();
      if (found.size() > 1) {
        throw refused(name, "must have one checkpoint", "has several: " + HubCache.some(found))
            .build();
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    for (String usual : OLDER) {
      if (top.contains(usual)) {
        return List.of(usual);
      }
    }
    List<String> older = top.stream().filter(f -> SHARD.matcher(f).matches()).toList();
    if (older.isEmpty()) {
      throw refused(name, "must have safetensors or pytorch_model.bin", has(files)).build();
    }
    return older;
  }

  private static String has(List<String> files) {
    List<String> weights = files.stream().filter(f -> WEIGHTS.matcher(f).matches()).toList();
    return weights.isEmpty() ? "has no weights" : "has " + HubCache.some(weights);
  }

  private static InputException.Builder refused(HubName name, String expected, String found) {
    return InputException.at(Path.of(name.id()))
        .place(Text.quoted(name.id()))
        .expected(expected)
        .found(found)
        .remedy("name a file with --file PATTERN, or another model");
  }

  /**
   * Refuses a name that could lead elsewhere, whether the file is wanted or not: who lists one such
   * is no hub. A colon is allowed to files that nobody wants.
   */
  private static void requireHarmless(HubName name, String file) {
    SafePath.requireInside(file.replace(':', '_'), Path.of(name.id()));
    boolean part =
        Pattern.compile("/")
            .splitAsStream(file)
            .anyMatch(p -> p.getBytes(StandardCharsets.UTF_8).length > LONGEST_PART);
    if (part || file.length() > LONGEST_NAME) {
      throw InputException.at(Path.of(name.id()))
          .place("the file name " + Text.quoted(file))
          .expected("must be one that a disk can keep")
          .found("is " + file.length() + " characters long")
          .remedy("do not use this download")
          .build();
    }
  }
}
