// Many requests of the official library at the same time.

export type Outcome<T> = { value: T } | { status: number; code: number }

/** The outcome of each: an answer, or how it was refused. Any other failure is thrown. */
export function atOnce<T>(requests: readonly Promise<T>[]): Promise<Outcome<T>[]> {
  return Promise.all(
    requests.map((request) =>
      request.then(
        (value) => ({ value }),
        ({ status, code, message }) => {
          if (typeof status !== 'number' || status >= 500) throw new Error(`${status} ${message}`)
          return { status, code }
        },
      ),
    ),
  )
}

export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** How often each refusal came, as `409/50404`; what succeeded counts as `ok`. */
export function tally(outcomes: readonly Outcome<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) {
    const name = 'value' in outcome ? 'ok' : `${outcome.status}/${outcome.code}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
