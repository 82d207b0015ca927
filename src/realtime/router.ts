// Which handler answers a tunnelled request: by method and path alone, the host is only a label (realtime-protocol.md §1.1).
import { ByValues } from '../lib/by-values.ts'
import type { Peer } from './peer.ts'
import type { Answer, TunnelRequest } from './tunnel.ts'

/** `path` has the values of the pattern's `:Name` segments, still percent-encoded; of `*Name` all that is left. */
export type RoutedRequest = TunnelRequest & {
  params: Readonly<Record<string, string>>
  /** Lets the client's next request to this path go, before this one has ended. */
  release(): void
}
export type Route = {
  method: string
  pattern: string
  handle(request: RoutedRequest, peer: Peer): Promise<Answer>
}
type Find = (
  method: string,
  path: string,
) => { route: Route; params: Readonly<Record<string, string>> } | undefined

/** A step of the tree of all patterns. */
type Node = {
  children: Map<string, Node>
  any: Node | null
  /** Takes what is left, slashes included. */
  rest: Node | null
  routes: Map<string, { route: Route; names: string[] }>
}

export function route(method: string, pattern: string, handle: Route['handle']): Route {
  return { method, pattern, handle }
}

/** Of a path whose route is kept. */
const MAX_KEPT_LENGTH = 300

/** Where several patterns fit, the one with the more literal segments wins. */
export function createRouter(routes: readonly Route[]): Find {
  const root = newNode()
  for (const one of routes) addRoute(root, one)
  // Clients send to the same paths again and again.
  const kept = new ByValues<NonNullable<ReturnType<Find>>>()
  return (method, path) => {
    const known = kept.get([path, method])
    if (known) return known
    const values: string[] = []
    const found = walk(root, path.split('/').slice(1), 0, values, method)
    if (!found) return undefined
    const params = Object.fromEntries(found.names.map((name, i) => [name, values[i] ?? '']))
    const result = { route: found.route, params: Object.freeze(params) }
    if (path.length <= MAX_KEPT_LENGTH) kept.set([path, method], result)
    return result
  }
}

function newNode(): Node {
  return { children: new Map(), any: null, rest: null, routes: new Map() }
}

function addRoute(root: Node, one: Route): void {
  const names: string[] = []
  let node = root
  for (const segment of one.pattern.split('/').slice(1)) {
    if (segment.startsWith(':')) {
      names.push(segment.slice(1))
      node = node.any ??= newNode()
    } else if (segment.startsWith('*')) {
      names.push(segment.slice(1))
      node = node.rest ??= newNode()
    } else {
      const child = node.children.get(segment) ?? newNode()
      node.children.set(segment, child)
      node = child
    }
  }
  node.routes.set(one.method, { route: one, names })
}

function walk(
  node: Node,
  segments: readonly string[],
  at: number,
  values: string[],
  method: string,
): { route: Route; names: string[] } | undefined {
  const segment = segments[at]
  if (segment === undefined) return node.routes.get(method)
  const literal = node.children.get(segment)
  const found = literal && walk(literal, segments, at + 1, values, method)
  if (found) return found
  const depth = values.length
  if (node.any && segment !== '') {
    values.push(segment)
    const viaAny = walk(node.any, segments, at + 1, values, method)
    if (viaAny) return viaAny
    values.length = depth
  }
  const viaRest = node.rest?.routes.get(method)
  if (viaRest) values.push(segments.slice(at).join('/'))
  return viaRest
}
