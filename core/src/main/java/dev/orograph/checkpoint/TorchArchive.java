package dev.orograph.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file of {@code torch.save}, read without executing anything: a zip archive with {@code
 * NAME/data.pkl}, a pickle of the dictionary, and {@code NAME/data/KEY}, the storages, which are
 * stored uncompressed and so can be mapped where they lie.
 *
 * <p>The tensors are those of the dictionary that {@link StateDict} chooses; everything else
 * (epoch, optimizer) is left out and named. Two names for the same elements of a storage are a
 * tensor and its alias; other tensors of a shared storage are tensors of their own. Source:
 * PyTorch, {@code torch/serialization.py} and {@code torch/_utils.py}.
 */
final class TorchArchive {
  private static final String PICKLE = "/data.pkl";
  private static final String UTILS = "torch._utils._rebuild_";
  private static final int MAX_NAME = 100;
  private static final int LEGACY_PICKLES = 5;
  private static final long LEGACY_VERSION = 1001;
  private static final int LEGACY_FIRST = 1 << 18;
  private static final int MAX_NESTING = 64;

  /** The storages that say the type of their elements. */
  private static final Map<String, DType> STORAGES =
      Map.of(
          "DoubleStorage", DType.F64,
          "FloatStorage", DType.F32,
          "HalfStorage", DType.F16,
          "BFloat16Storage", DType.BF16,
          "LongStorage", DType.I64,
          "IntStorage", DType.I32,
          "ShortStorage", DType.I16,
          "CharStorage", DType.I8,
          "ByteStorage", DType.U8,
          "BoolStorage", DType.BOOL);

  /** The types that a tensor names itself, where its storage does not. */
  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("torch.float64", DType.F64),
          Map.entry("torch.float32", DType.F32),
          Map.entry("torch.float16", DType.F16),
          Map.entry("torch.bfloat16", DType.BF16),
          Map.entry("torch.float8_e4m3fn", DType.F8_E4M3),
          Map.entry("torch.float8_e5m2", DType.F8_E5M2),
          Map.entry("torch.int64", DType.I64),
          Map.entry("torch.int32", DType.I32),
          Map.entry("torch.int16", DType.I16),
          Map.entry("torch.int8", DType.I8),
          Map.entry("torch.uint64", DType.U64),
          Map.entry("torch.uint32", DType.U32),
          Map.entry("torch.uint16", DType.U16),
          Map.entry("torch.uint8", DType.U8),
          Map.entry("torch.bool", DType.BOOL));

  private static final List<String> FUNCTIONS =
      List.of(
          "collections.OrderedDict",
          "torch.Size",
          "torch.device",
          UTILS + "tensor",
          UTILS + "tensor_v2",
          UTILS + "tensor_v3",
          UTILS + "parameter",
          UTILS + "qtensor");

  /** Where the elements of a storage lie. */
  private record Storage(String name, long data, long size) {}

  private final FileBytes in;
  private final ZipDirectory zip;
  private final String root;
  private final Map<String, Storage> sequence = new HashMap<>();
  private final Map<String, TensorInfo> known = new HashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private Optional<JsonNode> arguments = Optional.empty();

  private TorchArchive(FileBytes in, ZipDirectory zip, String root) {
    this.in = in;
    this.zip = zip;
    this.root = root;
  }

  /**
   * Reads and checks the pickle and the places of the storages.
   *
   * @param key under which key the tensors are; empty where the file's own shape says
   * @throws InputException where the archive is no torch file or breaks a rule
   */
  static WeightFile read(FileBytes in, ZipDirectory zip, Optional<String> key) {
    List<ZipDirectory.Entry> pickles =
        zip.entries().stream()
            .filter(e -> e.name().endsWith(PICKLE))
            .filter(e -> e.name().indexOf('/') == e.name().length() - PICKLE.length())
            .toList();
    if (pickles.size() != 1) {
      throw InputException.at(in.file())
          .expected("must be a zip archive of torch.save or numpy.savez")
          .found("has " + pickles.size() + " entries like 'NAME/data.pkl' and no '.npy'")
          .remedy("check that it is a weight file")
          .build();
    }
    ZipDirectory.Entry pickle = pickles.get(0);
    String root = pickle.name().substring(0, pickle.name().length() - PICKLE.length());
    TorchArchive archive = new TorchArchive(in, zip, root);
    archive.requireStateDict();
    archive.requireLittleEndian();
    archive.requireStored(pickle);
    if (pickle.size() > Pickle.MAX_BYTES) {
      throw in.fault(
              Text.quoted(pickle.name()),
              "must have at most " + Text.grouped(Pickle.MAX_BYTES) + " bytes",
              "has " + Text.grouped(pickle.size()))
          .build();
    }
    ByteBuffer bytes = in.at(pickle.data(), (int) pickle.size(), pickle.name());
    archive.take(Pickle.read(in.file(), "data.pkl", bytes, TorchArchive::expected), key);
    return archive.file(
        new WeightFile.Range(pickle.data(), pickle.end()),
        new WeightFile.Range(zip.begin(), in.size()));
  }

  /**
   * Reads a file of the form before PyTorch 1.6: five pickles (a number that tells the form, its
   * version, the machine, the dictionary, the keys of the storages), then each storage behind its
   * number of elements. Source: PyTorch, {@code torch/serialization.py}, {@code _legacy_save}.
   *
   * @throws InputException where it breaks a rule
   */
  static WeightFile readLegacy(FileBytes in, Optional<String> key) {
    TorchArchive archive = new TorchArchive(in, null, "");
    long at = 0;
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < LEGACY_PICKLES; i++) {
      Pickle.Read one = archive.next(at);
      values.add(one.value());
      at += one.bytes();
    }
    if (!(values.get(1) instanceof Long version) || version != LEGACY_VERSION) {
      throw in.fault("the file", "must be of version " + LEGACY_VERSION, "is of another").build();
    }
    if (!(values.get(2) instanceof Pickle.Dict machine)
        || !Boolean.TRUE.equals(machine.map.get("little_endian"))) {
      throw in.fault("the file", "must be little-endian", "is not")
          .remedy("save it again on a little-endian machine")
          .build();
    }
    archive.sequence(at, values.get(3), values.get(4));
    archive.take(values.get(3), key);
    return archive.file(new WeightFile.Range(0, at));
  }

  /** The pickle from that byte on; its length is not told, so more is read until it ends. */
  private Pickle.Read next(long at) {
    long left = in.size() - at;
    int n = (int) Math.min(left, LEGACY_FIRST);
    while (true) {
      Optional<Pickle.Read> read =
          Pickle.readPrefix(
              in.file(),
              "the pickle",
              in.at(at, n, "the pickle"),
              n == Math.min(left, Pickle.MAX_BYTES),
              TorchArchive::expected);
      if (read.isPresent()) {
        return read.get();
      }
      n = (int) Math.min(Math.min(left, Pickle.MAX_BYTES), 8L * n);
    }
  }

  /** Finds the storages, which lie in the order of their keys. */
  private void sequence(long begin, Object value, Object keys) {
    Map<String, Integer> sizes = new HashMap<>();
    elementSizes(value, sizes, new IdentityHashMap<>(), 0);
    if (!(keys instanceof Pickle.Items list)) {
      throw in.fault("the file", "must end with a list of its storages", "does not").build();
    }
    long at = begin;
    for (Object key : list.list) {
      Integer bytes = key instanceof String name ? sizes.get(name) : null;
      if (bytes == null) {
        throw in.fault("the file", "must use each of its storages", "does not use one").build();
      }
      String name = "storage " + key;
      long elements = in.at(at, Long.BYTES, name).getLong();
      long data = at + Long.BYTES;
      if (elements < 0 || elements > (in.size() - data) / bytes) {
        throw in.fault(
                name,
                "has " + Long.toUnsignedString(elements) + " elements of " + bytes + " bytes",
                "the file has " + Text.grouped(in.size()) + " bytes")
            .build();
      }
      at = data + elements * bytes;
      if (sequence.put((String) key, new Storage(name, data, elements * bytes)) != null) {
        throw in.fault(Text.quoted(name), "must be there once", "is there twice").build();
      }
    }
    if (at != in.size()) {
      throw in.fault("the file", "must end with its last storage", "goes on").build();
    }
  }

  /** Bytes of an element of each storage that is used anywhere, by its key. */
  private void elementSizes(
      Object value, Map<String, Integer> sizes, IdentityHashMap<Object, Boolean> seen, int depth) {
    if (value == null || depth > MAX_NESTING || seen.put(value, true) != null) {
      return;
    }
    if (value instanceof Pickle.Persistent storage
        && storage.id instanceof Pickle.Items id
        && id.list.size() >= 5
        && id.list.get(1) instanceof Pickle.Global kind
        && id.list.get(2) instanceof String key) {
      String last = kind.name().substring(kind.name().lastIndexOf('.') + 1);
      DType dtype = STORAGES.get(last);
      sizes.put(key, dtype == null ? last.startsWith("Complex") ? 8 : 1 : dtype.bytes());
    } else if (value instanceof Pickle.Dict dict) {
      dict.map.values().forEach(v -> elementSizes(v, sizes, seen, depth + 1));
    } else if (value instanceof Pickle.Items items) {
      items.list.forEach(v -> elementSizes(v, sizes, seen, depth + 1));
    } else if (value instanceof Pickle.Call call) {
      call.arguments.forEach(v -> elementSizes(v, sizes, seen, depth + 1));
    }
  }

  private WeightFile file(WeightFile.Range... heads) {
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparing(TensorInfo::name));
    return new WeightFile(in, List.of(heads), List.copyOf(tensors))
        .with(aliases)
        .leavingOut(leftOut)
        .remarking(remarks)
        .arguedBy(arguments);
  }

  /** Whether a pickle may use a name; a long one is none, and would keep the patterns busy. */
  private static boolean expected(String name) {
    if (name.length() > MAX_NAME) {
      return false;
    }
    return FUNCTIONS.contains(name)
        || TYPES.containsKey(name)
        || name.matches("torch\\.(storage\\.)?(\\w+Storage)")
        || name.matches("torch\\.(per_\\w+_affine\\w*|complex\\d+|q?u?int\\d+(x\\d)?)");
  }

  private void requireStateDict() {
    boolean script =
        zip.entries().stream()
            .anyMatch(
                e ->
                    e.name().startsWith(root + "/code/")
                        || e.name().equals(root + "/constants.pkl"));
    if (script) {
      throw InputException.at(in.file())
          .expected("must hold a state_dict")
          .found("is a TorchScript program")
          .remedy("save the state_dict of torch.jit.load with torch.save")
          .build();
    }
  }

  private void requireLittleEndian() {
    zip.entry(root + "/byteorder")
        .ifPresent(
            entry -> {
              requireStored(entry);
              int n = (int) Math.min(entry.size(), 16);
              ByteBuffer text = in.at(entry.data(), n, entry.name());
              String order = StandardCharsets.ISO_8859_1.decode(text).toString();
              if (!order.equals("little")) {
                throw in.fault(
                        Text.quoted(entry.name()), "must be 'little'", "is " + Text.quoted(order))
                    .remedy("save it again on a little-endian machine")
                    .build();
              }
            });
  }

  private void requireStored(ZipDirectory.Entry entry) {
    if (entry.deflated()) {
      throw in.fault(
              Text.quoted(entry.name()), "must be stored, as torch.save does", "is compressed")
          .remedy("pack the archive again without compression")
          .build();
    }
  }

  /** Finds the dictionary of tensors and takes what is in it. */
  private void take(Object value, Optional<String> key) {
    if (tensorCall(value) != null) {
      tensor(CheckpointName.stem(in.file()), value);
      return;
    }
    if (!(value instanceof Pickle.Dict top)) {
      throw in.fault("data.pkl", "must hold a dictionary of tensors", "holds something else")
          .build();
    }
    StateDict chosen = StateDict.choose(in, top, key);
    arguments = StateDict.arguments(top);
    String path = chosen.key();
    if (!path.isEmpty()) {
      String first = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
      if (top.map.size() > 1) {
        leftOut.add(StateDict.keys(top, first));
      }
      remarks.add("its tensors are those under the key " + Text.quoted(path));
    }
    if (!chosen.others().isEmpty()) {
      remarks.add("--key chooses other tensors of it: " + String.join(", ", chosen.others()));
    }
    Pickle.Dict others = new Pickle.Dict();
    chosen
        .dict()
        .map
        .forEach(
            (name, entry) -> {
              if (tensorCall(entry) == null) {
                others.map.put(name, entry);
              } else if (name instanceof String text) {
                tensor(text, entry);
              } else {
                throw in.fault("data.pkl", "must name tensors by text", "has a key that is none")
                    .build();
              }
            });
    if (!others.map.isEmpty()) {
      leftOut.add(StateDict.keys(others, null));
    }
  }

  private static boolean floating(String storage) {
    DType dtype = STORAGES.get(storage.substring(storage.lastIndexOf('.') + 1));
    return dtype == null || dtype.floating();
  }

  /** Numbers in a floating-point tensor that is no scalar; 0 for any other. */
  static double weights(Pickle.Call call) {
    List<Object> a = call.arguments;
    List<Object> sizes = a.size() > 3 ? numbersOrNull(a.get(2)) : null;
    boolean floating =
        !a.isEmpty()
            && a.get(0) instanceof Pickle.Persistent p
            && p.id instanceof Pickle.Items id
            && id.list.size() > 1
            && id.list.get(1) instanceof Pickle.Global kind
            && floating(kind.name());
    if (sizes == null || sizes.isEmpty() || !floating) {
      return 0;
    }
    return sizes.stream().mapToDouble(n -> (Long) n).reduce(1, (x, y) -> x * y);
  }

  /** The call that makes a tensor, out of that of a parameter; null for anything else. */
  static Pickle.Call tensorCall(Object value) {
    if (!(value instanceof Pickle.Call call) || !call.function.startsWith(UTILS)) {
      return null;
    }
    return call.function.equals(UTILS + "parameter")
            && !call.arguments.isEmpty()
            && call.arguments.get(0) instanceof Pickle.Call inner
        ? inner
        : call;
  }

  /** Adds a tensor, or an alias where the same one is there already. */
  private void tensor(String name, Object value) {
    HeaderEntry.requireName(in.file(), name);
    Pickle.Call call = tensorCall(value);
    List<Object> a = call.arguments;
    String place = Text.quoted(name);
    if (call.function.equals(UTILS + "qtensor")) {
      throw in.fault(place, "must be a plain tensor", "is quantised")
          .remedy("save it dequantised: tensor.dequantize()")
          .build();
    }
    boolean typed = call.function.equals(UTILS + "tensor_v3");
    if (!call.function.startsWith(UTILS + "tensor")
        || a.size() < (typed ? 7 : 4)
        || !(a.get(0) instanceof Pickle.Persistent storage)
        || !(a.get(1) instanceof Long offset)) {
      throw in.fault(place, "must be made from a storage and an offset", "is not").build();
    }
    int metadata = typed ? 7 : 6;
    if (a.size() > metadata && a.get(metadata) instanceof Pickle.Dict d && !d.map.isEmpty()) {
      throw in.fault(place, "must be stored as it is", "has " + StateDict.keys(d, null) + " set")
          .remedy("save a copy: tensor.resolve_neg().resolve_conj()")
          .build();
    }
    List<Long> shape = numbers(place, a.get(2));
    List<Long> strides = numbers(place, a.get(3));
    if (shape.size() != strides.size() || shape.size() > SafetensorsHeader.MAX_RANK) {
      throw in.fault(
              place,
              "must have a stride for each of at most "
                  + SafetensorsHeader.MAX_RANK
                  + " dimensions",
              "has shape " + shape + " and strides " + strides)
          .build();
    }
    List<Object> id = id(place, storage);
    DType dtype = typed ? type(place, a.get(6)) : storageType(place, id.get(1));
    Storage entry = entry(place, id, dtype);
    // A text, which a map orders where hashes collide, as numbers of a hostile file may.
    String key = dtype + " " + offset + " " + shape + " " + strides + " " + entry.name();
    TensorInfo same = known.get(key);
    if (same != null) {
      aliases.put(name, same.name());
      return;
    }
    TensorInfo tensor = place(name, dtype, entry, offset, shape, strides);
    known.put(key, tensor);
    tensors.add(tensor);
  }

  private TensorInfo place(
      String name, DType dtype, Storage entry, long offset, List<Long> shape, List<Long> strides) {
    String place = Text.quoted(name);
    long stored = entry.size() / dtype.bytes();
    try {
      Strided view = Strided.of(0, shape, strides);
      long last = view.count() == 0 ? -1 : view.last();
      if (offset < 0 || offset > stored || last >= stored - offset) {
        throw in.fault(
                place,
                "ends with element " + Text.grouped(Math.addExact(offset, last)),
                "its storage " + Text.quoted(entry.name()) + " has " + Text.grouped(stored))
            .build();
      }
      if (view.count() > stored) {
        throw in.fault(
                place,
                "must not have more elements than its storage, " + Text.grouped(stored) + ",",
                "has " + Text.grouped(view.count()) + ": some are repeated")
            .remedy("save a copy: tensor.clone()")
            .build();
      }
      long begin = entry.data() + offset * dtype.bytes();
      long end = begin + (last + 1) * dtype.bytes();
      boolean plain = view.count() == 0 || view.run(0) == view.count();
      return new TensorInfo(
          name, dtype, shape, in.file(), begin, end, null, plain ? null : view, name);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw in.fault(
              place,
              "must lie in its storage",
              "has shape " + shape + ", strides " + strides + " and offset " + offset)
          .cause(e)
          .build();
    }
  }

  private static List<Object> numbersOrNull(Object value) {
    // torch.Size stands as a call with the sizes as its only argument; it may hold itself.
    Object sizes =
        value instanceof Pickle.Call call
                && call.function.equals("torch.Size")
                && call.arguments.size() == 1
            ? call.arguments.get(0)
            : value;
    return sizes instanceof Pickle.Items items
            && items.list.stream().allMatch(Long.class::isInstance)
        ? items.list
        : null;
  }

  private List<Long> numbers(String place, Object value) {
    List<Object> numbers = numbersOrNull(value);
    if (numbers == null) {
      throw in.fault(place, "must have sizes and strides that are whole numbers", "has others")
          .build();
    }
    return numbers.stream().map(Long.class::cast).toList();
  }

  /** The parts of a storage's id: "storage", class, key, device, number of elements. */
  private List<Object> id(String place, Pickle.Persistent storage) {
    if (storage.id instanceof Pickle.Items id
        && id.list.size() >= 5
        && id.list.get(0).equals("storage")
        && id.list.get(1) instanceof Pickle.Global
        && id.list.get(2) instanceof String
        && id.list.get(4) instanceof Long) {
      return id.list;
    }
    throw in.fault(place, "must name its storage as torch.save does", "does not").build();
  }

  private DType storageType(String place, Object global) {
    String name = ((Pickle.Global) global).name();
    String last = name.substring(name.lastIndexOf('.') + 1);
    DType dtype = STORAGES.get(last);
    if (dtype == null) {
      boolean quantised = last.startsWith("Q");
      throw in.fault(place, "must be of a type that is read", "is in a torch." + last)
          .remedy(
              quantised
                  ? "save it dequantised: tensor.dequantize()"
                  : "convert it: tensor.float(), or view_as_real of complex numbers")
          .build();
    }
    return dtype;
  }

  private DType type(String place, Object global) {
    String name = global instanceof Pickle.Global g ? g.name() : "something else";
    DType dtype = TYPES.get(name);
    if (dtype == null) {
      throw in.fault(place, "must be of a type that is read", "is " + name)
          .remedy("convert it: tensor.float()")
          .build();
    }
    return dtype;
  }

  private Storage entry(String place, List<Object> id, DType dtype) {
    String key = (String) id.get(2);
    Storage storage = zip == null ? sequence.get(key) : zipped(place, root + "/data/" + key);
    if (storage == null) {
      throw in.fault(place, "needs the storage " + Text.quoted(key), "there is none").build();
    }
    String kind = ((Pickle.Global) id.get(1)).name();
    long unit = kind.endsWith("UntypedStorage") ? 1 : dtype.bytes();
    long elements = (Long) id.get(4);
    if (elements < 0 || elements > storage.size() || elements * unit != storage.size()) {
      throw in.fault(
              Text.quoted(storage.name()),
              "must have " + elements + " elements of " + unit + " bytes for " + place,
              "has " + Text.grouped(storage.size()) + " bytes")
          .build();
    }
    return storage;
  }

  private Storage zipped(String place, String name) {
    ZipDirectory.Entry entry =
        zip.entry(name)
            .orElseThrow(
                () ->
                    in.fault(place, "needs the entry " + Text.quoted(name), "there is none")
                        .build());
    requireStored(entry);
    return new Storage(name, entry.data(), entry.size());
  }
}
