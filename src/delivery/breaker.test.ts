import { expect, test } from 'vitest'
import { Breaker } from './breaker.ts'

const FAILURES_THAT_OPEN = 5
const T = 'https://a.example/hook'
const OTHER = 'https://b.example/hook'

function fail(breaker: Breaker, times: number, now = 0, target = T): void {
  for (let i = 0; i < times; i++) breaker.failed(target, now)
}

function startProbes(breaker: Breaker, now: number): string[] {
  const due = breaker.dueProbes(now)
  for (const target of due) breaker.startProbe(target)
  return due
}

test('a target is held back after five failures in a row, and no other with it', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN - 1)
  fail(breaker, FAILURES_THAT_OPEN - 1, 0, OTHER)
  expect(breaker.heldBack()).toEqual([])

  breaker.failed(T, 0)

  expect(breaker.heldBack()).toEqual([T])
  expect([breaker.isOpen(T), breaker.isOpen(OTHER)]).toEqual([true, false])
})

test('a success in between starts the count again', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN - 1)
  breaker.succeeded(T)
  fail(breaker, FAILURES_THAT_OPEN - 1)
  expect(breaker.isOpen(T)).toBe(false)

  breaker.failed(T, 0)
  expect(breaker.isOpen(T)).toBe(true)
})

test('a probe is due after the pause, and there is one at a time', () => {
  const breaker = new Breaker()
  expect(breaker.nextProbe()).toBe(null)
  fail(breaker, FAILURES_THAT_OPEN, 10_000)

  const due = breaker.nextProbe() ?? 0
  expect(due).toBeGreaterThan(10_000)
  expect(startProbes(breaker, due - 1)).toEqual([])
  expect(startProbes(breaker, due)).toEqual([T])
  expect(startProbes(breaker, due + 3_600_000)).toEqual([])
  expect(breaker.nextProbe()).toBe(null)
  expect(breaker.isOpen(T)).toBe(true)
})

test('pauses grow from a second, doubling, to a minute', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  const pauses: number[] = []
  for (let now = 0; pauses.length < 9; ) {
    const due = breaker.nextProbe() ?? Number.NaN
    pauses.push((due - now) / 1000)
    now = due
    startProbes(breaker, now)
    breaker.failed(T, now)
  }

  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('a successful probe lets everything go again, as if nothing had been', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  startProbes(breaker, 1_000)
  breaker.failed(T, 1_000)
  startProbes(breaker, 3_000)
  breaker.succeeded(T)

  expect(breaker.heldBack()).toEqual([])
  expect(breaker.nextProbe()).toBe(null)
  fail(breaker, FAILURES_THAT_OPEN - 1, 4_000)
  expect(breaker.isOpen(T)).toBe(false)
  breaker.failed(T, 4_000)
  expect(breaker.nextProbe()).toBe(5_000)
})

test('attempts that were under way when it opened do not put the probe off', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  fail(breaker, 10, 900)

  expect(breaker.nextProbe()).toBe(1_000)
})

test('a target without anything to send is forgotten', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  startProbes(breaker, 1_000)
  breaker.forget(T)

  expect(breaker.heldBack()).toEqual([])
  expect(breaker.nextProbe()).toBe(null)
})

test('of several targets the earliest probe is the next, and only those due are probed', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN, 500, OTHER)
  fail(breaker, FAILURES_THAT_OPEN, 0, T)

  expect(breaker.nextProbe()).toBe(1_000)
  expect(startProbes(breaker, 1_000)).toEqual([T])
  expect(breaker.nextProbe()).toBe(1_500)
  expect(startProbes(breaker, 1_500)).toEqual([OTHER])
})

test('a target that asks to be left alone is held back at once, for as long as it asked', () => {
  const breaker = new Breaker()
  breaker.failed(T, 1_000, false, 30_000)

  expect(breaker.heldBack()).toEqual([T])
  expect(breaker.nextProbe()).toBe(31_000)
  expect(startProbes(breaker, 30_999)).toEqual([])
  expect(startProbes(breaker, 31_000)).toEqual([T])
  breaker.failed(T, 31_000, true, 5_000)
  expect(breaker.nextProbe()).toBe(36_000)
})

test('what was under way when it asked and succeeds does not end the pause; a probe does', () => {
  const breaker = new Breaker()
  breaker.failed(T, 0, false, 30_000)
  breaker.succeeded(T, false)
  expect(breaker.isOpen(T)).toBe(true)
  startProbes(breaker, 30_000)
  breaker.succeeded(T, true)

  expect(breaker.isOpen(T)).toBe(false)
})

test('without a pause asked for, any success ends it', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  breaker.succeeded(T, false)

  expect(breaker.isOpen(T)).toBe(false)
})

test('a probe that comes to nothing is made again, after the same pause', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  startProbes(breaker, 1_000)

  breaker.abandonProbe(T, 1_500)

  expect(breaker.isOpen(T)).toBe(true)
  expect(breaker.nextProbe()).toBe(2_500)
  expect(startProbes(breaker, 2_500)).toEqual([T])
  breaker.succeeded(T)
  breaker.abandonProbe(T, 2_600)
  expect(breaker.heldBack()).toEqual([])
})

test('of very many targets that have failed, those that are held back are remembered', () => {
  const breaker = new Breaker()
  fail(breaker, FAILURES_THAT_OPEN)
  fail(breaker, FAILURES_THAT_OPEN - 1, 0, OTHER)
  for (let i = 0; i < 20_000; i++) breaker.failed(`https://${i}.example`, 0)

  fail(breaker, FAILURES_THAT_OPEN - 1, 0, OTHER)

  expect([breaker.isOpen(T), breaker.isOpen(OTHER)]).toEqual([true, false])
})
