package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A file of {@code torch.save}, read without executing anything: a zip archive with {@code
 * NAME/data.pkl}, a pickle of the dictionary, and {@code NAME/data/KEY}, the storages, which are
 * stored uncompressed and so can be mapped where they lie.
 *
 * <p>The tensors are the entries of the dictionary that are some, or where it has none those of the
 * dictionary in {@code state_dict}, {@code model_state_dict} or {@code model}; everything else
 * (epoch, optimizer) is left out and named. Two names for the same elements of a storage are a
 * tensor and its alias; other tensors of a shared storage are tensors of their own. Source:
 * PyTorch, {@code torch/serialization.py} and {@code torch/_utils.py}.
 */
final class TorchArchive {
  private static final String PICKLE = "/data.pkl";
  private static final String UTILS = "torch._utils._rebuild_";
  private static final List<String> NESTED = List.of("state_dict", "model_state_dict", "model");
  private static final int LISTED = 8;
  private static final int MAX_NAME = 100;

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

  private final FileBytes in;
  private final ZipDirectory zip;
  private final String root;
  private final Map<String, TensorInfo> known = new HashMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();
  private final Map<String, String> aliases = new TreeMap<>();
  private final List<String> leftOut = new ArrayList<>();

  private TorchArchive(FileBytes in, ZipDirectory zip, String root) {
    this.in = in;
    this.zip = zip;
    this.root = root;
  }

  /**
   * Reads and checks the pickle and the places of the storages.
   *
   * @throws InputException where the archive is no torch file or breaks a rule
   */
  static WeightFile read(FileBytes in, ZipDirectory zip) {
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
    archive.take(Pickle.read(in.file(), "data.pkl", bytes, TorchArchive::expected));
    archive.tensors.sort(
        Comparator.comparingLong(TensorInfo::begin).thenComparing(TensorInfo::name));
    return new WeightFile(
        in.file(),
        in.stamp(),
        List.of(
            new WeightFile.Range(pickle.data(), pickle.end()),
            new WeightFile.Range(zip.begin(), in.size())),
        Map.of(),
        List.copyOf(archive.tensors),
        archive.aliases,
        Optional.empty(),
        archive.leftOut);
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
  private void take(Object value) {
    if (tensorCall(value) != null) {
      tensor(CheckpointName.stem(in.file()), value);
      return;
    }
    if (!(value instanceof Pickle.Dict dict)) {
      throw in.fault("data.pkl", "must hold a dictionary of tensors", "holds something else")
          .build();
    }
    String nested = holdsTensors(dict) ? null : nested(dict);
    Pickle.Dict chosen = nested == null ? dict : (Pickle.Dict) dict.map.get(nested);
    if (!holdsTensors(chosen)) {
      throw in.fault(
              "data.pkl",
              "must hold tensors by name, or a dictionary of them as " + String.join(", ", NESTED),
              "holds " + keys(dict, null))
          .remedy("save a state_dict alone with torch.save")
          .build();
    }
    if (nested != null && dict.map.size() > 1) {
      leftOut.add(keys(dict, nested));
    }
    Pickle.Dict others = new Pickle.Dict();
    chosen.map.forEach(
        (key, entry) -> {
          if (tensorCall(entry) == null) {
            others.map.put(key, entry);
          } else if (key instanceof String name) {
            tensor(name, entry);
          } else {
            throw in.fault("data.pkl", "must name tensors by text", "has a key that is none")
                .build();
          }
        });
    if (!others.map.isEmpty()) {
      leftOut.add(keys(others, null));
    }
  }

  private static boolean holdsTensors(Pickle.Dict dict) {
    return dict.map.values().stream().anyMatch(value -> tensorCall(value) != null);
  }

  private static String nested(Pickle.Dict dict) {
    return NESTED.stream()
        .filter(key -> dict.map.get(key) instanceof Pickle.Dict inner && holdsTensors(inner))
        .findFirst()
        .orElse(null);
  }

  private static String keys(Pickle.Dict dict, String without) {
    List<String> keys =
        dict.map.keySet().stream()
            .filter(key -> !key.equals(without))
            .map(key -> key instanceof String text ? Text.quoted(text) : "a key that is no text")
            .toList();
    String listed = String.join(", ", keys.subList(0, Math.min(LISTED, keys.size())));
    return keys.isEmpty()
        ? "nothing"
        : keys.size() > LISTED ? listed + " and " + (keys.size() - LISTED) + " more" : listed;
  }

  /** The call that makes a tensor, out of that of a parameter; null for anything else. */
  private static Pickle.Call tensorCall(Object value) {
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
      throw in.fault(place, "must be stored as it is", "has " + keys(d, null) + " set")
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
    ZipDirectory.Entry entry = entry(place, id, dtype);
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
      String name,
      DType dtype,
      ZipDirectory.Entry entry,
      long offset,
      List<Long> shape,
      List<Long> strides) {
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

  private ZipDirectory.Entry entry(String place, List<Object> id, DType dtype) {
    String name = root + "/data/" + id.get(2);
    ZipDirectory.Entry entry =
        zip.entry(name)
            .orElseThrow(
                () ->
                    in.fault(place, "needs the entry " + Text.quoted(name), "there is none")
                        .build());
    requireStored(entry);
    String kind = ((Pickle.Global) id.get(1)).name();
    long unit = kind.endsWith("UntypedStorage") ? 1 : dtype.bytes();
    long elements = (Long) id.get(4);
    if (elements < 0 || elements > entry.size() || elements * unit != entry.size()) {
      throw in.fault(
              Text.quoted(name),
              "must have " + elements + " elements of " + unit + " bytes for " + place,
              "has " + Text.grouped(entry.size()) + " bytes")
          .build();
    }
    return entry;
  }
}
