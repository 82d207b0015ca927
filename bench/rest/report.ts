// From the measured series to the figures, and from the figures to a table.

import { median, medianRatio } from '../median.ts'
import type { Result } from '../result.ts'
import type { LoadResult } from '../window.ts'
import type { Kind, Series } from './measure.ts'

/** Rates are per second, CPU is in microseconds per request. All are medians of the rounds, ratios of each round's ratio. */
export type Row = {
  what: Kind
  messages: number
  parleyRate: number
  fastifyRate: number
  ratioToFastify: number
  /** Null for reads. */
  routeRate: number | null
  ratioToRoute: number | null
  parleyCpu: number
  fastifyCpu: number
  cpuRatio: number
  sqliteRate: number
  ratioToSqlite: number
  /** Null for reads. */
  sqliteOneByOneRate: number | null
  ratioToSqliteOneByOne: number | null
  /** Of the rate at which one process could do the bare Fastify's and the bare SQLite's work one after the other. */
  ratioToTogether: number
  /** How much of one core the generator used, at most. */
  generatorShare: number
}

/** The cost of one request in the largest database, divided by that in the smallest. */
export type Growth = { what: Kind; from: number; to: number; byRate: number; byCpu: number }

const AIM_SEND_RATIO = 0.7
const AIM_PAGE_RATIO = 0.5
const AIM_GROWTH = 1.2

export function summarize(series: Series): Row {
  const { parley, route, fastify, sqlite, sqliteOneByOne } = series
  const rates = parley.map(rate)
  const cpus = parley.map(cpu)
  const oneByOne = sqliteOneByOne.length > 0
  return {
    what: series.kind,
    messages: series.messages,
    parleyRate: median(rates),
    fastifyRate: median(fastify.map(rate)),
    ratioToFastify: medianRatio(rates, fastify.map(rate)),
    routeRate: route.length > 0 ? median(route.map(rate)) : null,
    ratioToRoute: route.length > 0 ? medianRatio(rates, route.map(rate)) : null,
    parleyCpu: median(cpus),
    fastifyCpu: median(fastify.map(cpu)),
    cpuRatio: medianRatio(cpus, fastify.map(cpu)),
    sqliteRate: median(sqlite),
    ratioToSqlite: medianRatio(rates, sqlite),
    sqliteOneByOneRate: oneByOne ? median(sqliteOneByOne) : null,
    ratioToSqliteOneByOne: oneByOne ? medianRatio(rates, sqliteOneByOne) : null,
    ratioToTogether: medianRatio(rates, together(series)),
    generatorShare: Math.max(...[...parley, ...fastify].map(generatorShare)),
  }
}

export function growthOf(kind: Kind, all: readonly Series[]): Growth | undefined {
  const bySize = all.filter((one) => one.kind === kind).sort((a, b) => a.messages - b.messages)
  const [small, large] = [bySize[0], bySize.at(-1)]
  if (!small || !large || small === large) return undefined
  return {
    what: kind,
    from: small.messages,
    to: large.messages,
    byRate: medianRatio(small.parley.map(rate), large.parley.map(rate)),
    byCpu: medianRatio(large.parley.map(cpu), small.parley.map(cpu)),
  }
}

/** A send beside its own route without storage, a page beside its bare query. */
export function resultsOf(rows: readonly Row[]): Result[] {
  return rows.map((row): Result => {
    const what = `${row.what === 'send' ? 'send' : 'page of 50'} by REST, ${count(row.messages)} messages`
    const parley = `${count(row.parleyRate)}/s, ${row.parleyCpu.toFixed(0)} us CPU`
    if (row.routeRate !== null && row.ratioToRoute !== null) {
      const baseline = `the same route without storage ${count(row.routeRate)}/s, an empty one ${count(row.fastifyRate)}/s`
      return { what, parley, baseline, value: row.ratioToRoute, unit: '', aim: { atLeast: AIM_SEND_RATIO } }
    }
    const baseline = `the bare query with JSON ${count(row.sqliteRate)}/s`
    return { what, parley, baseline, value: row.ratioToSqlite, unit: '', aim: { atLeast: AIM_PAGE_RATIO } }
  })
}

export function renderTable(rows: readonly Row[]): string {
  const head = [
    ['what', 'size', 'Parley', 'bare Fastify', 'ratio', 'CPU us', 'CPU us', 'ratio', 'bare SQLite', 'ratio'],
    ['', '', 'req/s', 'req/s', '', 'Parley', 'Fastify', '', 'ops/s', ''],
  ]
  const lines = rows.flatMap((row) => [renderRow(row), ...renderOneByOne(row)])
  return align([...head, ...lines])
}

export function renderGrowth({ what, from, to, byRate, byCpu }: Growth): string {
  const judge = (ratio: number): string => `${ratio.toFixed(2)} ${ratio <= AIM_GROWTH ? 'met' : 'MISSED'}`
  return `growth of a ${what}, ${count(to)} messages to ${count(from)} (aim: <= ${AIM_GROWTH}): time ${judge(byRate)}, CPU ${judge(byCpu)}`
}

export function renderAim({ what, messages, ratioToRoute }: Row): string {
  const ratio = ratioToRoute ?? 0
  const verdict = ratio >= AIM_SEND_RATIO ? 'met' : 'MISSED'
  return `a ${what} with ${count(messages)} messages keeps ${percent(ratio)} of its route's rate without storage (aim: >= ${percent(AIM_SEND_RATIO)}) ${verdict}`
}

export function renderTogether(row: Row): string {
  return `a ${row.what} with ${count(row.messages)} messages keeps ${percent(row.ratioToTogether)} of what bare Fastify and bare SQLite reach one after the other`
}

export function rate({ requests, seconds }: LoadResult): number {
  return requests / seconds
}

/** Microseconds of the server for one request. */
export function cpu({ requests, serverCpuSeconds }: LoadResult): number {
  return (serverCpuSeconds * 1e6) / requests
}

export function generatorShare({ seconds, generatorCpuSeconds }: LoadResult): number {
  return generatorCpuSeconds / seconds
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en')
}

function renderRow(row: Row): string[] {
  return [
    row.what,
    count(row.messages),
    count(row.parleyRate),
    count(row.fastifyRate),
    row.ratioToFastify.toFixed(2),
    row.parleyCpu.toFixed(0),
    row.fastifyCpu.toFixed(0),
    row.cpuRatio.toFixed(2),
    count(row.sqliteRate),
    row.ratioToSqlite.toFixed(2),
  ]
}

function renderOneByOne({ sqliteOneByOneRate, ratioToSqliteOneByOne }: Row): string[][] {
  if (sqliteOneByOneRate === null || ratioToSqliteOneByOne === null) return []
  const empty = Array<string>(6).fill('')
  return [['  a commit each', ...empty, '', count(sqliteOneByOneRate), ratioToSqliteOneByOne.toFixed(2)]]
}

function align(lines: string[][]): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)))
  const pad = (cell: string, i: number): string =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}

function together({ fastify, sqlite }: Series): number[] {
  return fastify.map((result, i) => 1 / (1 / rate(result) + 1 / (sqlite[i] ?? Number.NaN)))
}
