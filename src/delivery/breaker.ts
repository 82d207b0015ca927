// A target that keeps failing is held back: probed now and then instead of hammered, while its jobs wait.

const FAILURES_TO_OPEN = 5
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000
/** Clients choose where their browsers are pushed to: when more targets than this have failed, those that are not held back start afresh. */
const MAX_CIRCUITS = 10_000

type Circuit = {
  failures: number
  pause: number
  openUntil: number | null
  probing: boolean
  /** The target has asked to be left alone: what was under way then and succeeds changes nothing. */
  asked: boolean
}

export class Breaker {
  readonly #circuits = new Map<string, Circuit>()

  /** Targets that get nothing but probes. */
  heldBack(): string[] {
    return [...this.#circuits].filter(([, circuit]) => circuit.openUntil !== null).map(([target]) => target)
  }

  isOpen(target: string): boolean {
    return (this.#circuits.get(target)?.openUntil ?? null) !== null
  }

  /** The targets whose probe is due. */
  dueProbes(now: number): string[] {
    const due = [...this.#circuits].filter(
      ([, { openUntil, probing }]) => openUntil !== null && openUntil <= now && !probing,
    )
    return due.map(([target]) => target)
  }

  /** The target is being probed until the result is told, or the probe abandoned. */
  startProbe(target: string): void {
    const circuit = this.#circuits.get(target)
    if (circuit) circuit.probing = true
  }

  /** A probe has come to nothing: the next one is due after the same pause. */
  abandonProbe(target: string, now: number): void {
    const circuit = this.#circuits.get(target)
    if (!circuit?.probing) return
    circuit.probing = false
    circuit.openUntil = now + circuit.pause
  }

  /** When the next probe is due. */
  nextProbe(): number | null {
    const times = [...this.#circuits.values()].flatMap(({ openUntil, probing }) =>
      openUntil === null || probing ? [] : [openUntil],
    )
    return times.length === 0 ? null : Math.min(...times)
  }

  /** There was nothing to probe with: the target starts afresh. */
  forget(target: string): void {
    this.#circuits.delete(target)
  }

  succeeded(target: string, isProbe = true): void {
    if (!isProbe && this.#circuits.get(target)?.asked) return
    this.#circuits.delete(target)
  }

  /** While the target is held back, only a probe tells anything new. With `pauseMs` it is held back at once and for that long. */
  failed(target: string, now: number, isProbe = true, pauseMs: number | null = null): void {
    const circuit = this.#circuits.get(target) ?? this.#watch(target)
    circuit.failures++
    circuit.asked ||= pauseMs !== null
    if (pauseMs !== null && circuit.openUntil === null) {
      circuit.openUntil = now + pauseMs
      return
    }
    if (circuit.openUntil === null) {
      if (circuit.failures >= FAILURES_TO_OPEN) circuit.openUntil = now + circuit.pause
    } else if (circuit.probing && isProbe) {
      circuit.probing = false
      circuit.pause = Math.min(circuit.pause * 2, LONGEST_PAUSE_MS)
      circuit.openUntil = now + (pauseMs ?? circuit.pause)
    }
  }
  #watch(target: string): Circuit {
    if (this.#circuits.size >= MAX_CIRCUITS) {
      for (const [other, { openUntil }] of this.#circuits)
        if (openUntil === null) this.#circuits.delete(other)
    }
    const circuit = { failures: 0, pause: FIRST_PAUSE_MS, openUntil: null, probing: false, asked: false }
    this.#circuits.set(target, circuit)
    return circuit
  }
}
