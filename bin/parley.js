#!/usr/bin/env node
// In a clone the sources run as they are; a package has them compiled, because Node.js strips no types below node_modules.
import { existsSync } from 'node:fs'

const source = new URL('../src/main.ts', import.meta.url)
const compiled = new URL('../dist/main.js', import.meta.url)
await import((existsSync(source) ? source : compiled).href)
