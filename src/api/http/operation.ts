// One operation of a REST API, declared as a value: router, OpenAPI document and tests read the same list.
import type { Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Page, PageRequest, Position } from '../../store/paging.ts'
import type { Fields, FieldValues } from './fields.ts'
import type { Resource } from './resource.ts'

type PathOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? { [K in Name]: string } & PathOf<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? { [K in Name]: string }
    : unknown

export type Request<Path extends string, Form extends Fields, Query extends Fields> = {
  chat: Chat
  caller: Caller
  /** Decoded path parameters. */
  path: PathOf<Path>
  form: FieldValues<Form>
  query: FieldValues<Query>
}

/** What `present` needs to write absolute URLs. */
export type PresentContext = { baseUrl: string; accountSid: string }

type Described = { id: string; summary: string; webhookHeader?: boolean }

type Declaration<Path extends string, Form extends Fields, Query extends Fields, Item> = Described & {
  method: 'GET' | 'POST' | 'DELETE'
  path: Path
  status: 200 | 201 | 204
  form?: Form
  query?: Query
  run(request: Request<Path, Form, Query>): Promise<Item>
  /** Absent for 204. */
  resource?: Resource<Item>
}

type ListDeclaration<
  Path extends string,
  Query extends Fields,
  Item,
  Key extends string | number,
> = Described & {
  path: Path
  query?: Query
  /** The name of the list in the answer. */
  key: string
  maxPageSize: number
  defaultPageSize?: number
  tokens: PageTokens<Key>
  run(request: Request<Path, Fields, Query> & { page: PageRequest<Key> }): Promise<Page<Item, Key>>
  resource: Resource<Item>
  /** Filters that the page URLs name even when the request did not. */
  alwaysShown?: (query: FieldValues<Query>) => Record<string, string>
}

/** How a list writes a position into a page token, and reads it back. */
export type PageTokens<Key extends string | number> = {
  write(position: Position<Key>): string
  /** Throws invalidPageToken. */
  read(token: string): Position<Key>
}

export type ListShape = {
  key: string
  maxPageSize: number
  defaultPageSize: number
  tokens: PageTokens<string | number>
  alwaysShown: (query: Record<string, unknown>) => Record<string, string>
}

/** An operation without its types, as the router holds it. */
export type Operation = Described & {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  status: 200 | 201 | 204
  form: Fields
  query: Fields
  list: ListShape | null
  // biome-ignore lint/suspicious/noExplicitAny: the list holds operations of all types; `operation` has checked each
  run(request: any): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  resource: Resource<any> | null
}

export function operation<const Path extends string, Form extends Fields, Query extends Fields, Item>(
  declared: Declaration<Path, Form, Query, Item>,
): Operation {
  return {
    ...declared,
    form: declared.form ?? {},
    query: declared.query ?? {},
    resource: declared.resource ?? null,
    list: null,
  }
}

export function listOperation<
  const Path extends string,
  Query extends Fields,
  Item,
  Key extends string | number = string,
>(declared: ListDeclaration<Path, Query, Item, Key>): Operation {
  const { key, maxPageSize, defaultPageSize = 50, tokens, alwaysShown = () => ({}), ...rest } = declared
  return {
    ...rest,
    method: 'GET',
    status: 200,
    form: {},
    query: declared.query ?? {},
    list: {
      key,
      maxPageSize,
      defaultPageSize,
      tokens: tokens as unknown as PageTokens<string | number>,
      alwaysShown: alwaysShown as ListShape['alwaysShown'],
    },
  }
}

/** The resource that an operation answers with, for another one that answers the same. */
export function resourceOf({ id, resource }: Operation): NonNullable<Operation['resource']> {
  if (!resource) throw new Error(`${id} answers with no resource`)
  return resource
}
