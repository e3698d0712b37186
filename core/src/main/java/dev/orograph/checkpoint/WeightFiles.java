package dev.orograph.checkpoint;

import dev.orograph.hub.HubCache;
import dev.orograph.input.InputException;
import dev.orograph.input.SafePath;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which files of a folder are the checkpoint. In this order: {@code model.safetensors.index.json},
 * {@code model.safetensors}, {@code consolidated.safetensors}, {@code open_clip_model.safetensors},
 * {@code adapter_model.safetensors}, the only {@code *.safetensors.index.json}, the only {@code
 * *.safetensors}; {@code pytorch_model.bin.index.json}, {@code pytorch_model.bin}, {@code
 * adapter_model.bin}, the only {@code *.bin.index.json}; {@code model.onnx}; the only file of
 * another format: {@code *.pt}, {@code *.pth}, {@code *.ckpt}, {@code *.bin}, {@code *.gguf} (or
 * all parts of one), {@code *.npz}, {@code *.npy}, {@code *.onnx}; the same in the folder {@code
 * onnx} within it. What a trainer leaves beside its weights (optimizer, arguments, random states)
 * is none of them. A path to a file is taken as it is; a path to an index opens its set.
 *
 * @param root the folder
 * @param files weight files in a fixed order
 * @param index the index, where there is one
 * @param named the file that was named, where the path was not a folder
 * @param passedOver other weight files in the folder, in words; empty where a file was named
 */
record WeightFiles(
    Path root,
    List<Path> files,
    Optional<ShardIndex> index,
    Optional<Path> named,
    String passedOver) {
  private static final String WEIGHTS = ".safetensors";
  private static final String INDEX = ".safetensors.index.json";
  private static final String TORCH = ".bin";
  private static final String TORCH_INDEX = ".bin.index.json";
  private static final String ONNX = ".onnx";

  /** The folder into which the hub's repositories put exported models. */
  private static final Path EXPORTED = Path.of("onnx");

  private static final String FORMATS =
      "safetensors, torch (.bin, .pt, .pth, .ckpt), GGUF, ONNX or NumPy (.npz, .npy)";
  private static final int LISTED = 8;
  private static final Pattern SHARD = Pattern.compile(".*-\\d+-of-\\d+\\.(safetensors|bin)");
  private static final Pattern PART = Pattern.compile("(.{1,200})-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final int MOST_PARTS = 1000;
  private static final Pattern READ = Pattern.compile(".*\\.(bin|pt|pth|ckpt|gguf|npz|npy|onnx)");
  private static final Pattern TRAINER =
      Pattern.compile("(training_args|optimizer|scheduler|scaler|rng_state.*)\\.(bin|pt|pth|ckpt)");
  private static final Pattern OTHER =
      Pattern.compile(".*\\.(pkl|ggml|h5|msgpack)|saved_model\\.pb");

  /** Names that are taken as soon as they are there, and endings of which there must be one. */
  private static final List<List<String>> ORDER =
      List.of(
          List.of(
              "model" + INDEX,
              "model" + WEIGHTS,
              "consolidated" + WEIGHTS,
              "open_clip_model" + WEIGHTS,
              "adapter_model" + WEIGHTS),
          List.of(INDEX, WEIGHTS),
          List.of("pytorch_model" + TORCH_INDEX, "pytorch_model" + TORCH, "adapter_model" + TORCH),
          List.of(TORCH_INDEX),
          List.of("model" + ONNX));

  /**
   * Finds the files.
   *
   * @param links whether links in the folder may lead out of it
   * @throws InputException where there are none, or several and none is named
   */
  static WeightFiles find(Path given, boolean links) {
    Path path = plain(StoredFolder.locate(HubCache.usual().locate(given)));
    if (!Files.isDirectory(path)) {
      return open(home(path), path, Optional.of(path), links);
    }
    List<String> names = list(path);
    for (List<String> step : ORDER) {
      boolean whole = !step.get(0).startsWith(".");
      for (String wanted : step) {
        List<String> candidates =
            names.stream().filter(n -> whole ? n.equals(wanted) : n.endsWith(wanted)).toList();
        if (!candidates.isEmpty()) {
          return only(path, candidates, names, links);
        }
      }
    }
    List<String> candidates = names.stream().filter(WeightFiles::other).toList();
    if (candidates.isEmpty()) {
      candidates = exported(path);
    }
    if (candidates.isEmpty()) {
      throw nothing(path, names);
    }
    return only(path, candidates, names, links);
  }

  /** Whether a name is that of a weight file in another format than safetensors. */
  private static boolean other(String name) {
    return READ.matcher(name).matches() && !TRAINER.matcher(name).matches();
  }

  /** The exported models in a folder within the folder: the usual one, or all. */
  private static List<String> exported(Path path) {
    Path folder = path.resolve(EXPORTED);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    List<String> names = list(folder).stream().filter(n -> n.endsWith(ONNX)).toList();
    List<String> usual = names.contains("model" + ONNX) ? List.of("model" + ONNX) : names;
    return usual.stream().map(n -> EXPORTED + "/" + n).toList();
  }

  /** The folder of a file's model: its own, but the one above where it lies among exported ones. */
  private static Path home(Path file) {
    Path folder = file.getParent();
    Path above = folder.getParent();
    boolean exported =
        file.toString().endsWith(ONNX)
            && above != null
            && EXPORTED.equals(folder.getFileName())
            && !Files.exists(folder.resolve("config.json"))
            && Files.exists(above.resolve("config.json"));
    return exported ? above : folder;
  }

  private static WeightFiles only(
      Path folder, List<String> candidates, List<String> names, boolean links) {
    boolean oneModel = candidates.stream().map(WeightFiles::whole).distinct().count() == 1;
    if (candidates.size() > 1 && !(oneModel && PART.matcher(candidates.get(0)).matches())) {
      throw several(folder, candidates);
    }
    String name = candidates.get(0);
    WeightFiles files =
        open(folder, SafePath.inside(folder, name, folder, links), Optional.empty(), links);
    List<String> passedOver =
        names.stream()
            .filter(n -> other(n) || n.endsWith(WEIGHTS))
            .filter(n -> !files.files.contains(folder.resolve(n)))
            .toList();
    return new WeightFiles(folder, files.files, files.index, Optional.empty(), some(passedOver));
  }

  /** The absolute path without dots; where links make that another file, the real path. */
  private static Path plain(Path given) {
    try {
      Path absolute = given.toAbsolutePath();
      Files.readAttributes(absolute, BasicFileAttributes.class);
      Path normal = absolute.normalize();
      boolean same = Files.exists(normal) && Files.isSameFile(absolute, normal);
      return same ? normal : absolute.toRealPath();
    } catch (IOException e) {
      throw InputException.unreadable(given, e);
    }
  }

  private static WeightFiles open(Path root, Path file, Optional<Path> named, boolean links) {
    if (file.getFileName().toString().endsWith(".index.json")) {
      ShardIndex index = ShardIndex.read(file, links);
      return new WeightFiles(root, index.shards(), Optional.of(index), named, "");
    }
    return new WeightFiles(root, parts(root, file, links), Optional.empty(), named, "");
  }

  /** All parts of a GGUF file that was cut, in their order; of any other file itself. */
  private static List<Path> parts(Path root, Path file, boolean links) {
    Matcher part = PART.matcher(file.getFileName().toString());
    int count = part.matches() ? Integer.parseInt(part.group(3)) : 1;
    if (count < 2 || count > MOST_PARTS) {
      return List.of(file);
    }
    List<Path> parts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String name = String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", part.group(1), i, count);
      if (!Files.exists(root.resolve(name))) {
        throw InputException.at(file)
            .expected("is one of " + count + " parts")
            .found(Text.quoted(name) + " is missing")
            .remedy("put all parts into one folder")
            .build();
      }
      parts.add(SafePath.inside(root, name, root, links));
    }
    return parts;
  }

  /** A name without the number of its part. */
  private static String whole(String name) {
    Matcher part = PART.matcher(name);
    return part.matches() ? part.group(1) + " of " + part.group(3) : name;
  }

  /** Names in a folder, in natural order. */
  private static List<String> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .sorted(NaturalOrder.INSTANCE)
          .toList();
    } catch (IOException e) {
      throw InputException.unreadable(folder, e);
    }
  }

  private static InputException several(Path folder, List<String> candidates) {
    boolean shards = candidates.stream().allMatch(name -> SHARD.matcher(name).matches());
    return InputException.at(folder)
        .expected("must hold one checkpoint")
        .found(
            shards
                ? "has shards without their "
                    + (candidates.get(0).endsWith(WEIGHTS)
                        ? "model" + INDEX
                        : "pytorch_model" + TORCH_INDEX)
                    + ": "
                    + some(candidates)
                : "has several: " + some(candidates))
        .remedy(shards ? "download the index, or name one file" : "name one of them")
        .build();
  }

  private static InputException nothing(Path folder, List<String> names) {
    List<String> others = names.stream().filter(name -> OTHER.matcher(name).matches()).toList();
    if (!others.isEmpty()) {
      return InputException.at(folder)
          .expected("must hold weights as " + FORMATS)
          .found("has " + some(others))
          .remedy(remedy(others))
          .build();
    }
    return InputException.at(folder)
        .expected("must hold weights as " + FORMATS)
        .found(names.isEmpty() ? "is empty" : "has " + some(names))
        .remedy("check the path")
        .build();
  }

  private static String remedy(List<String> others) {
    if (others.stream().anyMatch(name -> name.endsWith(".msgpack"))) {
      return FileKind.FROM_FLAX;
    }
    if (others.stream().anyMatch(name -> name.endsWith(".h5") || name.endsWith(".pb"))) {
      return FileKind.FROM_TENSORFLOW;
    }
    return "convert with save_pretrained of the transformers library, or name a file";
  }

  private static String some(List<String> names) {
    String listed =
        names.stream()
            .limit(LISTED)
            .map(name -> Text.visible(name, 80))
            .collect(Collectors.joining(", "));
    return names.size() > LISTED ? listed + " and " + (names.size() - LISTED) + " more" : listed;
  }
}
