package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A checkpoint: one file of weights or several, in any format that {@link WeightFile} reads, with
 * the configuration beside them.
 *
 * <p>Headers are read and checked when it is opened; weights stay in their files until {@link
 * #map}. All methods may be called from any number of threads. Which file of a folder is taken is
 * told in {@link WeightFiles}; a path to a file opens just that file, a path to an index its set.
 */
public final class Checkpoint implements AutoCloseable {
  private final WeightFiles found;
  private final String name;
  private final List<WeightFile> read;
  private final List<TensorInfo> tensors;
  private final Map<String, TensorInfo> stored;
  private final List<String> unindexed;
  private final Map<String, String> metadata;
  private final Map<String, String> aliases;
  private final Companions companions;
  private final Map<Path, FileStamp> stamps = new HashMap<>();
  private final Set<TensorData> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Checkpoint(
      WeightFiles found, List<WeightFile> read, Companions companions, List<String> unindexed) {
    this.found = found;
    this.name = CheckpointName.of(found);
    this.read = read;
    this.stored = TensorNames.stored(read);
    this.tensors =
        stored.values().stream()
            .sorted((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()))
            .toList();
    this.metadata = TensorNames.metadata(read);
    this.aliases = TensorNames.aliases(read, stored);
    this.unindexed = unindexed;
    this.companions = companions;
    read.forEach(file -> stamps.put(file.file(), file.stamp()));
  }

  /**
   * Opens a checkpoint.
   *
   * @param fileOrFolder a folder, a file of weights or a {@code .index.json} of several, or the
   *     address of one in a {@link CheckpointStore}
   * @throws InputException where there is none, several and none is named, or it is damaged
   */
  public static Checkpoint open(Path fileOrFolder) {
    return open(fileOrFolder, Access.USUAL);
  }

  /**
   * Opens a checkpoint as the user says.
   *
   * @throws InputException as {@link #open(Path)}, and where there are no tensors under that key
   */
  public static Checkpoint open(Path fileOrFolder, Access access) {
    WeightFiles found = WeightFiles.find(fileOrFolder, access.links());
    List<WeightFile> read = WeightFile.read(found.files(), access.key());
    Map<String, TensorInfo> named = TensorNames.stored(read);
    List<String> unindexed =
        found
            .index()
            .map(index -> index.requireStored(named, TensorNames.aliases(read, named)))
            .orElse(List.of());
    Companions companions = Companions.of(found, access.links());
    return new Checkpoint(
        found,
        ScaledBlocks.decoded(TensorNames.unwrapped(read), companions.config()),
        companions,
        unindexed);
  }

  /**
   * The same checkpoint where names have lost what stands in front of them; to be used in place of
   * this one.
   *
   * @param prefix with its dot; names without it stay as they are
   * @return this one, where names would fall together
   */
  public Checkpoint without(String prefix) {
    List<WeightFile> renamed =
        TensorNames.renamed(
            read,
            n ->
                n.startsWith(prefix) && n.length() > prefix.length()
                    ? n.substring(prefix.length())
                    : n,
            "names are read without " + Text.quoted(prefix) + " in front");
    return renamed == read ? this : new Checkpoint(found, renamed, companions, unindexed);
  }

  /** The folder, or the file's folder; absolute. */
  public Path root() {
    return found.root();
  }

  /**
   * A short name that is safe as a file name: the folder's, or the file's without its extension
   * where a file with an unusual name was opened; {@code org--name} in the Hugging Face cache.
   */
  public String name() {
    return name;
  }

  /** The weight files, in natural order of their names. */
  public List<Path> files() {
    return read.stream().map(WeightFile::file).toList();
  }

  /**
   * All stored tensors in natural order of their names: {@code layers.2} before {@code layers.10}.
   */
  public List<TensorInfo> tensors() {
    return tensors;
  }

  /** The tensor of a name, or of the stored tensor that the name is an alias of. */
  public Optional<TensorInfo> tensor(String tensorName) {
    TensorInfo direct = stored.get(tensorName);
    String target = aliases.get(tensorName);
    return direct != null || target == null
        ? Optional.ofNullable(direct)
        : Optional.of(stored.get(target));
  }

  /**
   * Names for tensors that are stored under another name (tied weights): the entries of {@code
   * __metadata__} whose key is no stored tensor and whose value is one, tensors of a torch file
   * with the same elements, the head of a GGUF file that has none of its own.
   */
  public Map<String, String> aliases() {
    return aliases;
  }

  /**
   * What the files say beside their tensors (the strings of {@code __metadata__}, the metadata of
   * GGUF); of several files the first that has a key.
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * Tensors that are stored in a shard but that the index does not name, as the transformers
   * library loads them too. They are among {@link #tensors}; a survey should say how many there
   * are.
   */
  public List<String> unindexed() {
    return unindexed;
  }

  /**
   * The object in {@link #configFile}; of a GGUF file of the Llama architecture what its metadata
   * amount to; where there is neither, what a training run noted beside its tensors. A fresh copy,
   * so that no caller changes another's.
   */
  public Optional<JsonNode> config() {
    return own(true)
        .flatMap(WeightFile::config)
        .or(companions::config)
        .or(() -> own(false).flatMap(WeightFile::config))
        .or(() -> argued().flatMap(WeightFile::arguments))
        .map(JsonNode::deepCopy);
  }

  /** Whether {@link #config} is no more than what a training run noted. */
  public boolean noted() {
    return own(true).isEmpty()
        && companions.config().isEmpty()
        && own(false).isEmpty()
        && argued().isPresent();
  }

  /** The first file that says what its model was made with. */
  private Optional<WeightFile> argued() {
    return read.stream().filter(file -> file.arguments().isPresent()).findFirst();
  }

  /** The first file that brings its configuration, one that names a model or one that does not. */
  private Optional<WeightFile> own(boolean named) {
    return read.stream()
        .filter(f -> f.config().map(c -> c.has("model_type") == named).orElse(false))
        .findFirst();
  }

  /** What the files hold beside tensors and is not read (epoch, optimizer), by file in words. */
  public List<String> leftOut() {
    List<String> all = new ArrayList<>();
    for (WeightFile file : read) {
      String name = Text.visible(file.file().getFileName().toString());
      file.leftOut().forEach(what -> all.add(name + ": " + what));
    }
    return all;
  }

  /** How the files were read where that is not plain, by file in words. */
  public List<String> remarks() {
    List<String> all = new ArrayList<>();
    for (WeightFile file : read) {
      String name = Text.visible(file.file().getFileName().toString());
      file.remarks().forEach(what -> all.add(name + ": " + what));
    }
    return all;
  }

  /** Other weight files of the folder, in words; empty where there are none or a file was named. */
  public String passedOver() {
    return found.passedOver();
  }

  /**
   * {@code config.json} beside the weights, or where there is none {@code params.json} or {@code
   * open_clip_config.json}, which comes first beside open_clip's weights.
   */
  public Optional<Path> configFile() {
    return own(true)
        .map(WeightFile::file)
        .or(companions::configFile)
        .or(() -> own(false).map(WeightFile::file))
        .or(() -> argued().map(WeightFile::file));
  }

  /** The object in {@code adapter_config.json}; a fresh copy. */
  public Optional<JsonNode> adapterConfig() {
    return companions.adapterConfig().map(Companions::object).map(JsonNode::deepCopy);
  }

  /** Whether this is an adapter (LoRA and its kin), which is no model without its base. */
  public boolean adapter() {
    return files().stream().anyMatch(f -> f.getFileName().toString().startsWith("adapter_model"))
        || companions.adapterConfig().isPresent();
  }

  /**
   * SHA-256 of a sample that is read in moments, also of 20 GB: names, sizes and headers of the
   * weight files, 64 blocks of 4 KiB of each, 1 KiB of each tensor, and the configuration in full.
   * It does not depend on where the folder lies. A change of single weights may go unseen; {@link
   * #sha256} sees everything.
   *
   * @throws InputException where a file cannot be read or has changed since it was opened
   */
  public String fingerprint() {
    requireUnchanged();
    return Hashing.fingerprint(read, companions.contents());
  }

  /**
   * Names, sizes and times of the weight files, a line each: equal as long as nothing has written
   * to them.
   */
  public List<String> states() {
    List<String> states = new ArrayList<>();
    for (WeightFile file : read) {
      try {
        states.add(file.stamp().text(file.file()));
      } catch (IOException e) {
        throw InputException.unreadable(file.file(), e);
      }
    }
    return states;
  }

  /** Bytes of each weight file, in the order of {@link #files}. */
  public Map<Path, Long> sizes() {
    Map<Path, Long> sizes = new LinkedHashMap<>();
    read.forEach(file -> sizes.put(file.file(), file.stamp().size()));
    return sizes;
  }

  /**
   * SHA-256 of every weight file in full, in the order of {@link #files}.
   *
   * @throws InputException where a file cannot be read or has changed since it was opened
   */
  public Map<Path, String> sha256() {
    requireUnchanged();
    Map<Path, String> hashes = new LinkedHashMap<>();
    files().forEach(file -> hashes.put(file, Hashing.file(file)));
    return hashes;
  }

  /**
   * SHA-256 of a tensor's bytes: equal for tensors that are stored twice.
   *
   * @throws IllegalArgumentException for a tensor of another checkpoint, or a part of one
   * @throws InputException where the file cannot be read or has changed since it was opened
   */
  public String contentSha256(TensorInfo tensor) {
    if (tensor.isPart()) {
      throw new IllegalArgumentException(tensor.name() + " is a part of a tensor");
    }
    try (TensorData data = map(tensor)) {
      return Hashing.tensor(data);
    }
  }

  /**
   * Maps a tensor read-only. To be closed; what is still open is closed with the checkpoint.
   *
   * @throws IllegalArgumentException for a tensor of another checkpoint
   * @throws IllegalStateException where the checkpoint is closed
   * @throws InputException where the file cannot be mapped or has changed since it was opened
   */
  public TensorData map(TensorInfo tensor) {
    requireOwn(tensor);
    stamps.get(tensor.file()).requireUnchanged(tensor.file());
    TensorData data = new TensorData(tensor, MappedWindows.BITS, open::remove);
    open.add(data);
    if (closed) {
      data.close();
      throw new IllegalStateException("checkpoint " + name + " is closed");
    }
    return data;
  }

  /**
   * A file of this machine in which the stored bytes of a tensor lie, for libraries that map files
   * themselves: that of the checkpoint, or of one in a store a file of these bytes alone.
   *
   * @return to be closed once nobody reads it any more
   * @throws InputException where the file has changed since it was opened, or cannot be brought
   */
  public Lying lying(TensorInfo tensor) {
    requireOwn(tensor);
    stamps.get(tensor.file()).requireUnchanged(tensor.file());
    return StoredFile.of(tensor.file())
        .map(stored -> StoredBytes.HERE.part(stored, tensor.begin(), tensor.end()))
        .map(part -> new Lying(part.path(), 0, part.done()))
        .orElseGet(() -> new Lying(tensor.file(), tensor.begin(), () -> {}));
  }

  /**
   * Where stored bytes lie on this machine.
   *
   * @param file that holds them
   * @param begin the first of them
   * @param onClose told once nobody reads them any more
   */
  public record Lying(Path file, long begin, Runnable onClose) implements AutoCloseable {
    @Override
    public void close() {
      onClose.run();
    }
  }

  /** Gives back every mapping that is still open. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    new ArrayList<>(open).forEach(TensorData::close);
  }

  private void requireUnchanged() {
    stamps.forEach((file, stamp) -> stamp.requireUnchanged(file));
  }

  private void requireOwn(TensorInfo tensor) {
    TensorInfo own = stored.get(tensor.storedName());
    boolean same =
        own != null
            && own.file().equals(tensor.file())
            && own.begin() == tensor.begin()
            && own.end() == tensor.end()
            && own.dtype() == tensor.dtype()
            && Objects.equals(own.encoded(), tensor.encoded())
            && (tensor.isPart() || own.equals(tensor));
    if (!same) {
      throw new IllegalArgumentException(
          Text.quoted(tensor.name()) + " is not a tensor of checkpoint " + name);
    }
  }
}
