// Who may import whom: the table of docs/ARCHITECTURE.md, enforced.
import { posix } from 'node:path'
import { readSources, report, type SourceFile } from './source-files.ts'

type Access = 'all' | 'types'

/** For each layer, what it may import besides itself. */
const MAY_IMPORT: Record<string, Record<string, Access>> = {
  lib: {},
  store: { lib: 'all' },
  bus: { lib: 'all' },
  chat: { store: 'all', lib: 'all' },
  delivery: { chat: 'all', store: 'all', lib: 'all' },
  api: { chat: 'all', lib: 'all', store: 'types' },
  realtime: { chat: 'all', bus: 'all', lib: 'all', store: 'types' },
  config: { chat: 'all', lib: 'all', store: 'types', delivery: 'types', realtime: 'all' },
  app: {
    lib: 'all',
    store: 'all',
    bus: 'all',
    chat: 'all',
    delivery: 'all',
    api: 'all',
    realtime: 'all',
    config: 'all',
  },
  commands: { lib: 'all', store: 'all', chat: 'all', config: 'all', app: 'all' },
  main: { commands: 'all' },
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'"]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** What is wrong with the imports of one file, a line each. */
export function checkImports({ path, text }: SourceFile): string[] {
  const from = layerOf(path)
  const allowed = MAY_IMPORT[from]
  if (!allowed)
    return [`${path}: '${from}' is no layer; add it to scripts/check-layers.ts and docs/ARCHITECTURE.md`]
  const problems: string[] = []
  for (const [, typeOnly, names = '', statically, dynamically] of text.matchAll(IMPORT)) {
    const target = statically ?? dynamically ?? ''
    if (!target.startsWith('.')) continue
    const to = layerOf(posix.join(posix.dirname(path), target))
    if (to === from || to === '..') continue
    const access = allowed[to]
    const onlyTypes = typeOnly !== undefined || hasOnlyTypes(names)
    if (access === undefined) problems.push(`${path}: ${from} must not import ${to} (${target})`)
    else if (access === 'types' && !onlyTypes)
      problems.push(`${path}: ${from} may import only types from ${to} (${target})`)
  }
  return problems
}

/** `src/store/sql.ts` is in `store`, `src/app.ts` in `app`, what lies outside `src` in `..`. */
function layerOf(path: string): string {
  const [root, first = ''] = path.split('/')
  return root === 'src' ? first.replace(/\.ts$/, '') : '..'
}

function hasOnlyTypes(names: string): boolean {
  const inBraces = /\{([^}]*)\}/.exec(names)?.[1]
  if (inBraces === undefined) return false
  return inBraces
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '))
}

/** The console is a client like any other: of ours it may import only its own files. */
export function checkConsole({ path, text }: SourceFile): string[] {
  const targets = [...text.matchAll(IMPORT)].map(
    ([, , , statically, dynamically]) => statically ?? dynamically ?? '',
  )
  return targets
    .filter((target) => target.startsWith('.'))
    .filter((target) => !posix.join(posix.dirname(path), target).startsWith('console/'))
    .map((target) => `${path}: the console must not import ${target}`)
}

if (import.meta.main) {
  const files = readSources('src').filter(({ path }) => !path.endsWith('.test.ts'))
  const pages = readSources('console/src')
  const problems = [...files.flatMap(checkImports), ...pages.flatMap(checkConsole)]
  report('layers', problems, `${files.length + pages.length} files import only what they may`)
}
