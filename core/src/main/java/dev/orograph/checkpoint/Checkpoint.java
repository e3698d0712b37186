package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A checkpoint in the safetensors format: one file or several, with the configuration beside them.
 *
 * <p>Headers are read and checked when it is opened; weights stay in their files until {@link
 * #map}. All methods may be called from any number of threads. Which file of a folder is taken, in
 * this order: {@code model.safetensors.index.json}, {@code model.safetensors}, {@code
 * consolidated.safetensors}, {@code open_clip_model.safetensors}, {@code
 * adapter_model.safetensors}, the only index, the only {@code *.safetensors}; a path to a file
 * opens just that file, a path to an index its set.
 */
public final class Checkpoint implements AutoCloseable {
  private final WeightFiles found;
  private final String name;
  private final List<SafetensorsHeader> headers;
  private final List<TensorInfo> tensors;
  private final Map<String, TensorInfo> stored;
  private final List<String> unindexed;
  private final Map<String, String> metadata;
  private final Map<String, String> aliases;
  private final Companions companions;
  private final Map<Path, FileStamp> stamps = new HashMap<>();
  private final Set<TensorData> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Checkpoint(WeightFiles found) {
    this.found = found;
    this.name = CheckpointName.of(found);
    this.headers = found.files().stream().map(SafetensorsHeader::read).toList();
    this.stored = TensorNames.stored(headers);
    this.tensors =
        stored.values().stream()
            .sorted((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()))
            .toList();
    this.unindexed = found.index().map(index -> index.requireStored(stored)).orElse(List.of());
    this.metadata = TensorNames.metadata(headers);
    this.aliases = TensorNames.aliases(headers, stored);
    this.companions = Companions.of(found);
    headers.forEach(header -> stamps.put(header.file(), header.stamp()));
  }

  /**
   * Opens a checkpoint.
   *
   * @param fileOrFolder a folder, a {@code .safetensors} file or a {@code .safetensors.index.json}
   * @throws InputException where there is none, several and none is named, or it is damaged
   */
  public static Checkpoint open(Path fileOrFolder) {
    return new Checkpoint(WeightFiles.find(fileOrFolder));
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
    return found.files();
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
   * __metadata__} whose key is no stored tensor and whose value is one.
   */
  public Map<String, String> aliases() {
    return aliases;
  }

  /** The strings of {@code __metadata__}; of several files the first that has a key. */
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

  /** The object in {@link #configFile}. A fresh copy, so that no caller changes another's. */
  public Optional<JsonNode> config() {
    return companions.config().map(JsonNode::deepCopy);
  }

  /**
   * {@code config.json} beside the weights, or where there is none {@code params.json} or {@code
   * open_clip_config.json}, which comes first beside open_clip's weights.
   */
  public Optional<Path> configFile() {
    return companions.configFile();
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
    return Hashing.fingerprint(headers, companions.contents());
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
    requireOwn(tensor);
    if (tensor.part() != null) {
      throw new IllegalArgumentException(tensor.name() + " is a part of a tensor");
    }
    stamps.get(tensor.file()).requireUnchanged(tensor.file());
    return Hashing.tensor(tensor);
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
            && (tensor.part() != null || own.shape().equals(tensor.shape()));
    if (!same) {
      throw new IllegalArgumentException(
          Text.quoted(tensor.name()) + " is not a tensor of checkpoint " + name);
    }
  }
}
