// Compiles src into dist for `npm pack`: types are stripped, everything else stays as it is written.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const target = join(root, 'dist')
/** The `.ts` at the end of a relative import, static or dynamic. */
const EXTENSION = /((?:\bfrom|\bimport)\s*\(?\s*['"]\.{1,2}\/[^'"]+)\.ts(?=['"])/g

rmSync(target, { recursive: true, force: true })
for (const path of globSync('**/*.ts', { cwd: source, exclude: ['**/*.test.ts'] })) {
  const text = stripTypeScriptTypes(readFileSync(join(source, path), 'utf8'))
  const file = join(target, path.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text.replace(EXTENSION, '$1.js'))
}
for (const path of globSync('**/*.sql', { cwd: source })) cpSync(join(source, path), join(target, path))
