import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { LogStream } from './log-stream.ts'

const LINES = 100_000
const DEADLINE_MS = 20_000

/** A pipe that takes some 64 KB until somebody reads. */
function givenPipe(): number {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pipe-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  onTestFinished(() => {
    closeSync(pipe)
    rmSync(folder, { recursive: true })
  })
  return pipe
}

/** Reads until there is `text`. */
async function readUntil(pipe: number, text: string): Promise<string> {
  const bytes = Buffer.alloc(1_048_576)
  const deadline = performance.now() + DEADLINE_MS
  let all = ''
  while (!all.includes(text)) {
    if (performance.now() > deadline) throw new Error(`${text} did not come`)
    try {
      all += bytes.toString('latin1', 0, readSync(pipe, bytes))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await sleep(1)
    }
  }
  return all
}

test('a slow reader gets lines in order, and is told how many are lost', async () => {
  const pipe = givenPipe()
  const stream = new LogStream(pipe)
  for (let i = 0; i < LINES; i++) stream.write(`${JSON.stringify({ i, msg: 'x'.repeat(60) })}\n`)
  const text = await readUntil(pipe, 'are lost')
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { i?: number; msg: string })
  const told = Number(/^\d+/.exec(lines.pop()?.msg ?? '')?.[0])
  expect(lines.map(({ i }) => i)).toEqual(lines.map((_, i) => i))
  expect(lines.length + told).toBe(LINES)
  expect(lines.length).toBeGreaterThan(LINES / 3)
  stream.write('later\n')
  stream.stop()
  expect(await readUntil(pipe, 'later')).toBe('later\n')
})
