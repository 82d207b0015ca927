// The `sql` tag: a query is its text pieces and its values, never a joined string.

export type Value = string | number | null
export type Sql = { readonly strings: readonly string[]; readonly values: readonly (Value | Sql)[] }
/** A query ready for an engine: nested fragments are flattened into one list of pieces and values. */
export type FlatSql = { readonly strings: readonly string[]; readonly values: readonly Value[] }

export function sql(strings: TemplateStringsArray, ...values: (Value | Sql)[]): Sql {
  return { strings, values }
}

export const nothing: Sql = { strings: [''], values: [] }

/**
 * `(?, ?, …)` for `in`; the list must not be empty. The last value is repeated up to the next power of
 * two, so lists of any length share a few prepared statements.
 */
export function inList(list: readonly Value[]): Sql {
  const size = 2 ** Math.ceil(Math.log2(list.length))
  const values = Array.from({ length: size }, (_, i) => list[Math.min(i, list.length - 1)] ?? null)
  return { strings: ['(', ...Array<string>(size - 1).fill(', '), ')'], values }
}

/** The query without nesting; the very same object when nothing is nested, so callers can cache on it. */
export function flatten(query: Sql): FlatSql {
  if (!query.values.some(isFragment)) return query as FlatSql
  const strings: string[] = [query.strings[0] ?? '']
  const values: Value[] = []
  query.values.forEach((value, i) => {
    const following = query.strings[i + 1] ?? ''
    if (!isFragment(value)) {
      values.push(value)
      strings.push(following)
      return
    }
    const inner = flatten(value)
    strings[strings.length - 1] += inner.strings[0] ?? ''
    strings.push(...inner.strings.slice(1))
    values.push(...inner.values)
    strings[strings.length - 1] += following
  })
  return { strings, values }
}

function isFragment(value: Value | Sql): value is Sql {
  return typeof value === 'object' && value !== null
}
