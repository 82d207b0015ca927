import { join } from 'node:path'
import type { DatabaseSettings } from '../store/open.ts'
import type { Setting } from './setting.ts'

export function readDatabase(setting: Setting): DatabaseSettings {
  const fallback: DatabaseSettings = { engine: 'sqlite', path: join('data', 'parley.db') }
  const expected =
    'sqlite:PATH, sqlite::memory: or postgres://…, where characters like @ / # of a password are percent-encoded'
  return setting<DatabaseSettings>('DATABASE_URL', fallback, expected, (text) => {
    const path = /^sqlite:(.+)$/.exec(text)?.[1]
    if (path) return { engine: 'sqlite', path: path.replace(/^\/\//, '') }
    if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return { engine: 'postgres', url: text }
    return undefined
  })
}
