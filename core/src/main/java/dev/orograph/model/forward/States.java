package dev.orograph.model.forward;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The states of one pass that were asked for, by name. Owns their memory. */
public final class States implements AutoCloseable {
  private final Map<String, State> states = new LinkedHashMap<>();

  States() {}

  void put(State state) {
    states.put(state.name(), state);
  }

  boolean has(String name) {
    return states.containsKey(name);
  }

  /** Their names, in the order in which they came about. */
  public Set<String> names() {
    return Collections.unmodifiableSet(states.keySet());
  }

  /**
   * The state of that name.
   *
   * @throws IllegalArgumentException for one that was not asked for
   */
  public State get(String name) {
    State state = states.get(name);
    if (state == null) {
      throw new IllegalArgumentException("no state '" + name + "' was asked for: " + names());
    }
    return state;
  }

  /** Frees them. A second call does nothing. */
  @Override
  public void close() {
    states.values().forEach(State::close);
    states.clear();
  }
}
