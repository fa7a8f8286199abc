/** Time that passes when the test says so. */
export class FakeClock {
  #now = 0;
  #timers = new Map();
  #next = 1;

  now = () => this.#now;
  after = (action, ms) => {
    this.#timers.set(this.#next, { at: this.#now + ms, action });
    return this.#next++;
  };
  cancel = (timer) => void this.#timers.delete(timer);

  get waiting() {
    return this.#timers.size;
  }

  /** Runs what falls due, in order, letting promises settle in between. */
  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [timer, { at, action }] = due;
      this.#timers.delete(timer);
      this.#now = at;
      action();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets every promise that can settle do so. */
export async function settle() {
  for (let turn = 0; turn < 20; ++turn) await Promise.resolve();
}
