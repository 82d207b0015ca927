#!/usr/bin/env node
// The `parley` command.

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  console.error(`Parley needs Node.js 24 or later; this is ${process.version}. Run it through npm: npm start`)
  process.exit(1)
}

// Loaded only now: an older Node.js could not even read the other files.
const { runCommand } = await import('./commands/run.ts')
await runCommand(process.argv.slice(2), process.env)

export {}
