// The envelope of a list: `meta` with absolute URLs of the neighbouring pages (rest-v2.md §1.8).
import { errors } from '../../chat/errors.ts'
import type { Page, PageRequest, Position } from '../../store/paging.ts'
import { type Field, type Fields, integer, text } from './fields.ts'
import type { Values } from './form.ts'
import type { ListShape, Operation, PresentContext } from './operation.ts'

type Paging = { pageSize: number; page: number; token: string | null; request: PageRequest<string | number> }

/** More than the largest page is asked for routinely, so it is cut and not refused. */
const HUGE = 1_000_000_000

export const pagingFields = {
  PageSize: ranged(1),
  Page: ranged(0),
  PageToken: text.optional,
} satisfies Fields

/** Throws invalidParameter, invalidPageToken. */
export function readPaging(list: ListShape, values: Values): Paging {
  const read = <T>(field: Field<T>, name: string): T => field.read(values.get(name) ?? [], name)
  const pageSize = Math.min(read(pagingFields.PageSize, 'PageSize') ?? list.defaultPageSize, list.maxPageSize)
  const token = read(pagingFields.PageToken, 'PageToken') || null
  return {
    pageSize,
    page: read(pagingFields.Page, 'Page') ?? 0,
    token,
    request: { size: pageSize, from: token === null ? null : list.tokens.read(token) },
  }
}

/** The answer of a list. `path` is the request's path as it came. */
export function presentPage(
  operation: Operation & { list: ListShape },
  path: string,
  filters: [string, string][],
  paging: Paging,
  page: Page<unknown, string | number>,
  context: PresentContext,
): object {
  const { list, resource } = operation
  const url = (number: number, token: string | null): string => {
    const pairs: [string, string][] = [...filters, ['PageSize', `${paging.pageSize}`], ['Page', `${number}`]]
    if (token !== null) pairs.push(['PageToken', token])
    const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return `${context.baseUrl}${path}?${query}`
  }
  const neighbour = (number: number, position: Position<string | number> | null): string | null =>
    position === null ? null : url(number, list.tokens.write(position))
  return {
    meta: {
      page: paging.page,
      page_size: paging.pageSize,
      first_page_url: url(0, null),
      previous_page_url: neighbour(Math.max(0, paging.page - 1), page.previous),
      url: url(paging.page, paging.token),
      next_page_url: neighbour(paging.page + 1, page.next),
      key: list.key,
    },
    [list.key]: page.items.map((item) => resource?.present(item, context)),
  }
}

function ranged(min: number): Field<number | undefined> {
  const field = integer().optional
  return {
    ...field,
    schema: { ...field.schema, minimum: min },
    read(values, name) {
      const digits = values.map((value) => (/^0*[1-9]\d{9,}$/.test(value) ? String(HUGE) : value))
      const value = field.read(digits, name)
      if (value !== undefined && value < min) throw errors.invalidParameter(name, `an integer from ${min}`)
      return value
    },
  }
}
