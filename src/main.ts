#!/usr/bin/env node
// The `parley` command.
import { join } from 'node:path'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(`Parley needs Node.js 24 or later; this is ${process.version}. Run it through npm: npm start`)
  process.exit(1)
}

// Compiled code is kept for the next start, which then takes 0.8 s instead of 1.3. Where the folder cannot be written,
// nothing is kept. Threads learn of it from the environment.
const { enableCompileCache, flushCompileCache } = await import('node:module')
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/parley')
enableCompileCache(process.env.NODE_COMPILE_CACHE)

// Loaded only now: an older Node.js could not even read the other files.
const { runCommand } = await import('./commands/run.ts')
await runCommand(process.argv.slice(2), process.env)
// At once, as a server may be killed later.
flushCompileCache()
