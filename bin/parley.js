#!/usr/bin/env node
// In a clone the sources run as they are; a package has them compiled, because Node.js strips no types below node_modules.
import { existsSync } from 'node:fs'

const NEEDED = 24
if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(
    `Parley needs Node.js ${NEEDED} or newer; this is ${process.version}. In a clone, npm start brings one along.\n`,
  )
  process.exit(2)
}

const source = new URL('../src/main.ts', import.meta.url)
const compiled = new URL('../dist/main.js', import.meta.url)
await import((existsSync(source) ? source : compiled).href)
