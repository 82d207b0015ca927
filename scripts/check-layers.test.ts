import { expect, test } from 'vitest'
import { checkConsole, checkImports } from './check-layers.ts'

const importing = (path: string, text: string): string[] => checkImports({ path, text })

test('a facade that reaches into the storage is refused', () => {
  const text = "import { findMember } from '../../store/members.ts'\n"
  expect(importing('src/api/chat-v2/members.ts', text)).toEqual([
    'src/api/chat-v2/members.ts: api may import only types from store (../../store/members.ts)',
  ])
})

test('a facade may name the types of the storage', () => {
  expect(
    importing('src/api/chat-v2/members.ts', "import type { Member } from '../../store/members.ts'\n"),
  ).toEqual([])
  expect(importing('src/realtime/hub.ts', "import { type A, type B } from '../store/members.ts'\n")).toEqual(
    [],
  )
})

test('one value among types is refused', () => {
  const text = "import { type Member, findMember } from '../../store/members.ts'\n"
  expect(importing('src/api/chat-v2/members.ts', text)).toHaveLength(1)
})

test('the core must not know its facades, nor the library anything', () => {
  expect(
    importing('src/chat/members.ts', "import { operation } from '../api/http/operation.ts'\n"),
  ).toHaveLength(1)
  expect(importing('src/lib/sid.ts', "import type { Chat } from '../chat/chat.ts'\n")).toHaveLength(1)
  expect(importing('src/store/sql.ts', "export * from '../chat/errors.ts'\n")).toHaveLength(1)
})

test('nobody but the commands imports app.ts, also not at run time', () => {
  expect(importing('src/api/http/server.ts', "const app = await import('../../app.ts')\n")).toHaveLength(1)
  expect(importing('src/commands/serve.ts', "import { startApp } from '../app.ts'\n")).toEqual([])
})

test('a folder that is no layer is refused', () => {
  expect(importing('src/helpers/things.ts', '')).toHaveLength(1)
})

test('packages and imports over several lines are read', () => {
  const text = "import pg from 'pg'\nimport {\n  one,\n  two,\n} from '../../store/messages.ts'\n"
  expect(importing('src/api/http/server.ts', text)).toHaveLength(1)
})

test('the console imports its own files and packages, nothing of the server', () => {
  const check = (text: string): string[] => checkConsole({ path: 'console/src/try/pane.tsx', text })
  expect(check("import { Page } from '../parts/page.tsx'\nimport { Card } from '@mantine/core'\n")).toEqual(
    [],
  )
  expect(check("import { createSid } from '../../../src/lib/sid.ts'\n")).toEqual([
    'console/src/try/pane.tsx: the console must not import ../../../src/lib/sid.ts',
  ])
})
