/** The middle of the values; of two middles the mean. NaN for none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The value below which `share` of the values are; between two of them in proportion. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}

/** Of each pair the ratio, and of those the median: what disturbs the machine disturbs both of a pair. */
export function medianRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, i) => value / (under[i] ?? Number.NaN)))
}
