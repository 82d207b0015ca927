import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createOutageLog } from './outage-log.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

test('an outage is told once a second, each kind for itself, with what is behind it', () => {
  const lines: string[] = []
  const logOutage = createOutageLog(pino({}, { write: (line) => lines.push(line) }))
  const failure = (name: string) =>
    Object.assign(new Error(`no ${name}`, { cause: new Error('why') }), { name })
  const ask = (times: number) => {
    for (let i = 0; i < times; i++) for (const name of ['Database', 'Bucket']) logOutage(failure(name))
  }
  ask(100)
  vi.advanceTimersByTime(999)
  ask(100)
  expect(lines).toHaveLength(2)
  vi.advanceTimersByTime(1)
  ask(100)
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/no Database.*why/)
  expect(lines[1]).toMatch(/no Bucket.*why/)
})
