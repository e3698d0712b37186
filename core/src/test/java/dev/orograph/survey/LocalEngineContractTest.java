package dev.orograph.survey;

import dev.orograph.instrument.Workshop;

/** Threads of this process keep what every engine promises. */
class LocalEngineContractTest extends EngineContract {
  @Override
  protected Engine engine() {
    return new LocalEngine(2, MEMORY, new Workshop());
  }
}
