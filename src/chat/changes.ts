// Drafts and changes: `undefined` means "not given".

/** `change` without the members that were not given, and whether any of the rest differs from `row`. */
export function applyChange<Row extends object>(
  row: Row,
  change: { [K in keyof Row]?: Row[K] | undefined },
): { row: Row; changed: boolean } {
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const changed = given.some(([key, value]) => row[key as keyof Row] !== value)
  return changed ? { row: { ...row, ...Object.fromEntries(given) }, changed } : { row, changed }
}

/** True when one of these members is another one. */
export function differ<Row extends object>(
  before: Row,
  after: Row,
  members: readonly (keyof Row)[],
): boolean {
  return members.some((member) => before[member] !== after[member])
}

/** The outcome of `check` for a value that was given. */
export function ifGiven<In, Out>(value: In | undefined, check: (value: In) => Out): Out | undefined {
  return value === undefined ? undefined : check(value)
}

/** For imports: dates that a caller may set (rest-v2.md §2.5, milliseconds). */
export type DateOverrides = { createdAt?: number; updatedAt?: number }

export function newDates(draft: DateOverrides, now: number): { createdAt: number; updatedAt: number } {
  const createdAt = draft.createdAt ?? now
  return { createdAt, updatedAt: draft.updatedAt ?? createdAt }
}
