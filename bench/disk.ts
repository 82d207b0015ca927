// What a commit costs on this disk: without it the figures of two machines cannot be compared.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = Buffer.alloc(4096, 1)
const SYNCS = 200

/** Microseconds to write 4 KiB and have them on disk. */
export function measureSync(folder: string): number {
  const file = openSync(join(folder, 'sync'), 'w')
  const started = performance.now()
  for (let i = 0; i < SYNCS; i++) {
    writeSync(file, PAGE)
    fdatasyncSync(file)
  }
  closeSync(file)
  return ((performance.now() - started) * 1000) / SYNCS
}
