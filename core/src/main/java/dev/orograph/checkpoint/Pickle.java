package dev.orograph.checkpoint;

import dev.orograph.input.InputException;
import dev.orograph.input.Text;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads a Python pickle of protocol 2 to 5 as data. Nothing is called: a name that is not expected
 * is refused, and a call of an expected one stays a {@link Call} that says what would have been
 * called.
 *
 * <p>Limits: {@value #MAX_BYTES} bytes, {@value #MAX_STEPS} instructions. No instruction makes more
 * than one object or copies more bytes than it has, and what is made has no deep equality, so
 * memory and time follow from these limits however the pickle refers to itself. The text
 * instructions of protocols 0 and 1, and those that build objects of classes, are refused. Source:
 * CPython, {@code pickletools}.
 */
final class Pickle {
  static final int MAX_BYTES = 64 << 20;
  static final int MAX_STEPS = 2_000_000;

  private static final Object MARK = new Object();

  /** Values without a content of their own here. */
  enum Blank {
    /** None. */
    NONE,
    /** Bytes, which no state_dict needs. */
    BYTES,
    /** A whole number beyond 64 bits. */
    LARGE
  }

  /**
   * A name: a class or a function.
   *
   * @param name module and name with a dot between
   */
  record Global(String name) {}

  /** A list, tuple or set. */
  static final class Items {
    final List<Object> list = new ArrayList<>();
  }

  /**
   * A dictionary in its order. A key that is no text stands as an object of its own: nothing asks
   * for it, and hashes that a file makes collide cost nothing.
   */
  static final class Dict {
    final Map<Object, Object> map = new LinkedHashMap<>();
  }

  /** What would have been called, and with what. */
  static final class Call {
    final String function;
    final List<Object> arguments;

    Call(String function, List<Object> arguments) {
      this.function = function;
      this.arguments = arguments;
    }
  }

  /** A reference to something outside of the pickle. */
  static final class Persistent {
    final Object id;

    Persistent(Object id) {
      this.id = id;
    }
  }

  private final Path file;
  private final String place;
  private final ByteBuffer in;
  private final Predicate<String> expected;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private int steps;
  private boolean whole = true;
  private boolean cut;

  private Pickle(Path file, String place, ByteBuffer in, Predicate<String> expected) {
    this.file = file;
    this.place = place;
    this.in = in;
    this.expected = expected;
  }

  /**
   * Reads one pickle.
   *
   * @param file where it comes from, for messages
   * @param place where in the file, for messages
   * @param bytes the pickle
   * @param expected the names that it may use
   * @throws InputException where it breaks a rule
   */
  static Object read(Path file, String place, ByteBuffer bytes, Predicate<String> expected) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return new Pickle(file, place, in, expected).run();
  }

  /**
   * A pickle that something follows.
   *
   * @param value what it holds
   * @param bytes how many it has
   */
  record Read(Object value, int bytes) {}

  /**
   * Reads the pickle that these bytes begin with.
   *
   * @param all whether there are no more bytes than these
   * @return empty where it goes on behind them
   * @throws InputException where it breaks a rule
   */
  static Optional<Read> readPrefix(
      Path file, String place, ByteBuffer bytes, boolean all, Predicate<String> expected) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int begin = in.position();
    Pickle pickle = new Pickle(file, place, in, expected);
    pickle.whole = all;
    Object value = pickle.run();
    return pickle.cut ? Optional.empty() : Optional.of(new Read(value, in.position() - begin));
  }

  private Object run() {
    try {
      while (steps++ < MAX_STEPS) {
        int code = in.get() & 0xFF;
        if (code == '.') {
          return pop();
        }
        step(code);
      }
    } catch (BufferUnderflowException e) {
      if (!whole) {
        cut = true;
        return null;
      }
      throw fault("ends in the middle").cause(e).build();
    }
    throw fault("has more than " + Text.grouped(MAX_STEPS) + " instructions").build();
  }

  private void step(int code) {
    switch (code) {
      case 0x80 -> in.get();
      case 0x95 -> in.getLong();
      case '(' -> push(MARK);
      case '0' -> pop();
      case '1' -> sinceMark();
      case '2' -> push(top());
      case 'N' -> push(Blank.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'J' -> push((long) in.getInt());
      case 'K' -> push((long) (in.get() & 0xFF));
      case 'M' -> push((long) (in.getShort() & 0xFFFF));
      case 0x8a -> push(whole(in.get() & 0xFF));
      case 0x8b -> push(whole(in.getInt()));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case 'X' -> push(text(in.getInt()));
      case 0x8c -> push(text(in.get() & 0xFF));
      case 0x8d -> push(text(in.getLong()));
      case 'T' -> push(text(in.getInt()));
      case 'U' -> push(text(in.get() & 0xFF));
      case 'B' -> skipBytes(in.getInt());
      case 'C' -> skipBytes(in.get() & 0xFF);
      case 0x8e, 0x96 -> skipBytes(in.getLong());
      case ']', ')', 0x8f -> push(new Items());
      case '}' -> push(new Dict());
      case 'l', 't', 0x91 -> push(items(sinceMark()));
      case 'd' -> {
        List<Object> pairs = sinceMark();
        push(new Dict());
        put(pairs);
      }
      case 0x85 -> push(items(pop(1)));
      case 0x86 -> push(items(pop(2)));
      case 0x87 -> push(items(pop(3)));
      case 'a' -> append(pop(1));
      case 'e', 0x90 -> append(sinceMark());
      case 's' -> put(pop(2));
      case 'u' -> put(sinceMark());
      case 'q' -> memo.put(in.get() & 0xFF, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> push(remembered(in.get() & 0xFF));
      case 'j' -> push(remembered(in.getInt()));
      case 'c' -> push(global(line(), line()));
      case 0x93 -> {
        List<Object> names = pop(2);
        push(global(String.valueOf(names.get(0)), String.valueOf(names.get(1))));
      }
      case 'R', 0x81 -> call();
      case 'b' -> {
        // The state of an ordered dictionary is attributes that no tensor depends on.
        pop();
        if (!(top() instanceof Dict)) {
          throw fault("sets the state of something that is no dictionary").build();
        }
      }
      case 'Q' -> push(new Persistent(pop()));
      default ->
          throw fault(String.format(Locale.ROOT, "has the instruction 0x%02x", code)).build();
    }
  }

  private void call() {
    List<Object> both = pop(2);
    if (!(both.get(0) instanceof Global function) || !(both.get(1) instanceof Items arguments)) {
      throw fault("calls something that has no name").build();
    }
    if (!function.name().equals("collections.OrderedDict")) {
      push(new Call(function.name(), arguments.list));
      return;
    }
    push(new Dict());
    if (!arguments.list.isEmpty() && arguments.list.get(0) instanceof Items pairs) {
      // The same pairs may be used again and again: each counts.
      steps += Math.min(pairs.list.size(), MAX_STEPS - steps + 1);
      for (Object pair : steps > MAX_STEPS ? List.of() : pairs.list) {
        if (!(pair instanceof Items two) || two.list.size() != 2) {
          throw fault("makes an ordered dictionary of something else than pairs").build();
        }
        put(two.list);
      }
    }
  }

  private Global global(String module, String name) {
    String full = module + "." + name;
    if (!expected.test(full)) {
      throw InputException.at(file)
          .place(place)
          .expected("may use the names of tensors and storages only")
          .found("uses " + Text.quoted(full))
          .remedy("if you trust the file, load it in PyTorch and save its state_dict alone")
          .build();
    }
    return new Global(full);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      line.append((char) (b & 0xFF));
    }
    return line.toString();
  }

  private String text(long length) {
    return StandardCharsets.UTF_8.decode(take(length)).toString();
  }

  private void skipBytes(long length) {
    take(length);
    push(Blank.BYTES);
  }

  private Object whole(long length) {
    ByteBuffer bytes = take(length);
    if (length > Long.BYTES) {
      return Blank.LARGE;
    }
    long value = 0;
    for (int i = (int) length - 1; i >= 0; i--) {
      value = value << 8 | (i == length - 1 ? bytes.get(i) : bytes.get(i) & 0xFF);
    }
    return value;
  }

  private ByteBuffer take(long length) {
    if (!whole && length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    if (length < 0 || length > in.remaining()) {
      throw fault("holds a value of " + length + " bytes where " + in.remaining() + " are left")
          .build();
    }
    ByteBuffer bytes = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return bytes;
  }

  private void append(List<Object> values) {
    if (!(top() instanceof Items items)) {
      throw fault("appends to something that is no list").build();
    }
    items.list.addAll(values);
  }

  private void put(List<Object> pairs) {
    if (!(top() instanceof Dict dict) || pairs.size() % 2 != 0) {
      throw fault("sets items of something that is no dictionary").build();
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      dict.map.put(key instanceof String ? key : new Object(), pairs.get(i + 1));
    }
  }

  private static Items items(List<Object> values) {
    Items items = new Items();
    items.list.addAll(values);
    return items;
  }

  private Object remembered(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw fault("refers to an object " + index + " that it has not made").build();
    }
    return value;
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object top() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw fault("takes more from its stack than there is").build();
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  /** The last n values, in order. */
  private List<Object> pop(int n) {
    Object[] values = new Object[n];
    for (int i = n - 1; i >= 0; i--) {
      values[i] = pop();
    }
    return List.of(values);
  }

  /** The values since the last mark, in order. */
  private List<Object> sinceMark() {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw fault("takes more from its stack than there is").build();
    }
    List<Object> tail = stack.subList(mark + 1, stack.size());
    List<Object> values = new ArrayList<>(tail);
    stack.subList(mark, stack.size()).clear();
    return values;
  }

  private InputException.Builder fault(String found) {
    return InputException.at(file)
        .place(place)
        .expected("must be a pickle as torch.save writes it")
        .found(found)
        .remedy("download it again");
  }
}
