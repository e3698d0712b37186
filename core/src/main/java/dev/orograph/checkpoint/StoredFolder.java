package dev.orograph.checkpoint;

import dev.orograph.input.Disk;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * The folder of a checkpoint in a store, as one of this machine: what lies beside the weights is
 * brought as a whole, each file of weights is a {@link StoredFile}. So everything that reads a
 * checkpoint's folder reads one in a store.
 *
 * @param contents what the store said was there
 * @param path where it is on this machine
 */
record StoredFolder(Map<String, CheckpointStore.Entry> contents, Path path) {
  /** Larger ones are never settings or tokenizers. */
  private static final long SMALL = 64L << 20;

  private static final long MOST_BYTES = 512L << 20;
  private static final int MOST_FILES = 10_000;
  private static final Pattern WEIGHTS =
      Pattern.compile(
          ".*\\.(safetensors|bin|pt|pth|ckpt|gguf|npz|npy|onnx|onnx_data|data|pkl|h5|msgpack)");

  /** What a file of a checkpoint may be called; others are none of it. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}/\\\\:]{1,200}");

  /** Where exported models lie within a folder. */
  private static final String EXPORTED = "onnx";

  private static final Map<String, StoredFolder> KNOWN = new HashMap<>();

  /**
   * Where on this machine what was given lies; an address is looked up in its store each time.
   *
   * @throws InputException where no store is for such addresses, or it has nothing there
   */
  static Path locate(Path given) {
    StoreAddress address = StoreAddress.of(given).orElse(null);
    return address == null ? given : locate(address);
  }

  private static synchronized Path locate(StoreAddress address) {
    CheckpointStore store = store(address);
    String asked = address.toString().replaceAll("(?<=[^:/])/+$", "");
    try {
      CheckpointStore.Entry entry = store.look(asked);
      CheckpointStore.Entry folder =
          entry.folder() ? entry : store.look(asked.substring(0, asked.lastIndexOf('/')));
      Map<String, CheckpointStore.Entry> contents = contents(store, folder, entry.folder());
      StoredFolder known = KNOWN.get(folder.address());
      if (known == null || !known.contents.equals(contents)) {
        known = brought(store, folder, contents);
        KNOWN.put(folder.address(), known);
      }
      return entry.folder() ? known.path : known.path.resolve(entry.name());
    } catch (IOException e) {
      throw unreadable(asked, e);
    }
  }

  private static CheckpointStore store(StoreAddress address) {
    return ServiceLoader.load(CheckpointStore.class, CheckpointStore.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .filter(s -> s.reads(address.scheme()))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.at(address.path())
                    .expected("is an address of " + Text.quoted(address.scheme()))
                    .found("nothing that reads such addresses is on the class path")
                    .remedy("./orograph brings what reads hdfs:// and, with its jar, s3a://")
                    .build());
  }

  /** Files by their path within the folder, as far as their names are such. */
  private static Map<String, CheckpointStore.Entry> contents(
      CheckpointStore store, CheckpointStore.Entry folder, boolean deep) throws IOException {
    Map<String, CheckpointStore.Entry> contents = new HashMap<>();
    for (CheckpointStore.Entry e : store.list(folder)) {
      if (e.folder() && deep && e.name().equals(EXPORTED)) {
        contents(store, e, false).forEach((n, inner) -> contents.put(EXPORTED + "/" + n, inner));
      } else if (!e.folder() && NAME.matcher(e.name()).matches() && !e.name().startsWith(".")) {
        contents.put(e.name(), e);
      }
    }
    if (contents.size() > MOST_FILES) {
      throw InputException.at(Path.of(folder.address()))
          .expected("must be the folder of one checkpoint")
          .found("has " + Text.grouped(contents.size()) + " files")
          .remedy("put it into a folder of its own")
          .build();
    }
    return contents;
  }

  private static StoredFolder brought(
      CheckpointStore store,
      CheckpointStore.Entry folder,
      Map<String, CheckpointStore.Entry> contents)
      throws IOException {
    long whole = contents.values().stream().filter(e -> !inParts(e)).mapToLong(e -> e.size()).sum();
    if (whole > MOST_BYTES) {
      throw InputException.at(Path.of(folder.address()))
          .expected("must be the folder of one checkpoint")
          .found("has " + Text.grouped(whole) + " bytes beside weights")
          .remedy("put it into a folder of its own")
          .build();
    }
    Path path = StoredBytes.HERE.folder(folder.name());
    for (Map.Entry<String, CheckpointStore.Entry> e : contents.entrySet()) {
      CheckpointStore.Entry file = e.getValue();
      Path here = path.resolve(e.getKey());
      Disk.folder(path, here.getParent());
      StoredFile stored = new StoredFile(store, file);
      if (inParts(file)) {
        String says = "Not the file: it is read from " + file.address() + " as it is needed.\n";
        Disk.writeUnforced(here, says.getBytes(StandardCharsets.UTF_8));
        stored.standsAt(here);
      } else {
        try (Disk.Part part = Disk.part(here)) {
          stored.bring(0, file.size(), part);
          part.publishUnforced();
        }
      }
    }
    return new StoredFolder(contents, path);
  }

  private static boolean inParts(CheckpointStore.Entry file) {
    return WEIGHTS.matcher(file.name()).matches() || file.size() > SMALL;
  }

  /** The exception for a store that does not give what it should. */
  static InputException unreadable(String address, IOException e) {
    InputException.Builder fault =
        InputException.at(Path.of(address)).place("at " + address).cause(e);
    if (e instanceof FileNotFoundException) {
      return fault.expected("does not exist").remedy("check the address").build();
    }
    String reason = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
    return fault
        .expected("cannot be read")
        .found("the store says: " + reason.lines().findFirst().orElse(""))
        .remedy("check the address, and that this machine may read it")
        .build();
  }
}
