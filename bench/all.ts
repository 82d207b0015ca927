// All parts one after the other, then one table; `--write` puts it and a chart into docs/performance.md.
//   node bench/all.ts [--quick] [--write] [PART…]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawChart } from './chart.ts'
import { aimText, isMet, type Result, valueText } from './result.ts'

const PARTS = ['sockets', 'webhooks', 'rest', 'growth', 'lists', 'postgres', 'sdk-start', 'media']
const DOCS = join(import.meta.dirname, '../docs')
const BEGIN = '<!-- figures -->'
const END = '<!-- /figures -->'

async function main(): Promise<void> {
  const { values: options, positionals } = parseArgs({
    options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
    allowPositionals: true,
  })
  const unknown = positionals.filter((part) => !PARTS.includes(part))
  if (unknown.length > 0) throw new Error(`No part ${unknown.join(', ')}: there are ${PARTS.join(', ')}`)
  const started = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const results: Result[] = []
  for (const part of positionals.length > 0 ? positionals : PARTS) {
    const file = join(folder, `${part}.json`)
    const seconds = Math.round((performance.now() - started) / 1000)
    console.log(`\n== ${part}, after ${seconds} s`)
    await runPart(part, [...(options.quick ? ['--quick'] : []), '--json', file])
    results.push(...(JSON.parse(readFileSync(file, 'utf8')) as Result[]))
  }
  const minutes = ((performance.now() - started) / 60_000).toFixed(1)
  const table = renderTable(results)
  console.log(`\n${table}\n\n${minutes} minutes in all`)
  if (options.write) write(table, results, minutes)
}

async function runPart(part: string, args: string[]): Promise<void> {
  const script = join(import.meta.dirname, part, 'run.ts')
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' })
  const kill = (): void => void child.kill('SIGTERM')
  process.once('SIGINT', kill)
  const [code] = await once(child, 'exit')
  process.off('SIGINT', kill)
  if (code !== 0) throw new Error(`The part ${part} has failed`)
}

function renderTable(results: readonly Result[]): string {
  const head = ['| what | Parley | beside it | figure | aim | |', '| --- | --- | --- | --- | --- | --- |']
  const lines = results.map(
    (result) =>
      `| ${result.what} | ${result.parley} | ${result.baseline} | ${valueText(result)} | ${aimText(result)} | ${result.aim === null ? '' : isMet(result) ? 'met' : '**missed**'} |`,
  )
  return [...head, ...lines].join('\n')
}

function write(table: string, results: readonly Result[], minutes: string): void {
  const page = join(DOCS, 'performance.md')
  const text = readFileSync(page, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const after = rest.split(END)[1] ?? ''
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${minutes} minutes.`
  writeFileSync(page, `${before}${BEGIN}\n${table}\n\n${machine}\n${END}${after}`)
  writeFileSync(join(DOCS, 'pictures/performance.svg'), drawChart(results))
}

main().catch((reason) => {
  console.error(reason)
  process.exit(1)
})
