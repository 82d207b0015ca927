// What is kept for each credential while it stays as it is: connections, tokens.
import type { Credential } from '../../store/credentials.ts'

export class PerCredential<T> {
  readonly #kept = new Map<string, { version: number; value: T }>()
  readonly #dispose: (value: T) => void

  constructor(dispose: (value: T) => void = () => {}) {
    this.#dispose = dispose
  }

  /** What was made for it, or is made now. */
  get({ sid, updatedAt }: Credential, make: () => T): T {
    const kept = this.#kept.get(sid)
    if (kept?.version === updatedAt) return kept.value
    const value = make()
    if (kept) this.#dispose(kept.value)
    this.#kept.set(sid, { version: updatedAt, value })
    return value
  }

  peek({ sid }: Credential): T | undefined {
    return this.#kept.get(sid)?.value
  }

  /** Unless something else is kept for it by now. */
  forget({ sid }: Credential, value: T): void {
    if (this.#kept.get(sid)?.value !== value) return
    this.#kept.delete(sid)
    this.#dispose(value)
  }

  close(): void {
    for (const { value } of this.#kept.values()) this.#dispose(value)
    this.#kept.clear()
  }
}
