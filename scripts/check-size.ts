// The size budget of files and functions (docs/ARCHITECTURE.md). Over budget means two ideas: split by idea.
import { stripTypeScriptTypes } from 'node:module'
import { type Function as AcornFunction, type Node, parse } from 'acorn'
import { full } from 'acorn-walk'
import { readSources, report, type SourceFile } from './source-files.ts'

const FILE = { median: 80, most: 250, max: 400 }
const FUNCTION = { median: 12, most: 35, max: 60 }

type Sized = { name: string; lines: number }

/** Lines of each function in a file, from its first to its last. */
export function measureFunctions({ path, text }: SourceFile): Sized[] {
  const javaScript = stripTypeScriptTypes(text, { mode: 'strip' })
  const program = parse(javaScript, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    locations: true,
    allowHashBang: true,
  })
  const functions: Sized[] = []
  full(program as Node, (node) => {
    if (!/Function/.test(node.type) || !node.loc) return
    const { id } = node as AcornFunction
    const name = `${path}:${node.loc.start.line}${id ? ` ${id.name}` : ''}`
    functions.push({ name, lines: node.loc.end.line - node.loc.start.line + 1 })
  })
  return functions
}

function checkBudget(kind: string, sized: Sized[], budget: typeof FILE): string[] {
  const problems = sized
    .filter(({ lines }) => lines > budget.max)
    .map(({ name, lines }) => `${name} has ${lines} lines, more than ${budget.max}`)
  const median = quantile(sized, 0.5)
  const most = quantile(sized, 0.9)
  if (median > budget.median)
    problems.push(`the median ${kind} has ${median} lines, more than ${budget.median}`)
  if (most > budget.most) problems.push(`9 of 10 ${kind}s reach ${most} lines, more than ${budget.most}`)
  return problems
}

function quantile(sized: Sized[], part: number): number {
  const sorted = sized.map(({ lines }) => lines).sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * part)] ?? 0
}

if (import.meta.main) {
  const files = readSources('src', 'test', 'scripts', 'bench')
  const measured = files.map(({ path, text }) => ({ name: path, lines: text.split('\n').length - 1 }))
  const isTest = ({ name }: Sized): boolean => name.startsWith('test/') || name.endsWith('.test.ts')
  const fileSizes = measured.filter((file) => !isTest(file))
  const functions = files
    .filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'))
    .flatMap(measureFunctions)
  // A test file has one topic with many cases: it keeps the limits, not the median.
  const testBudget = { ...FILE, median: FILE.most }
  const problems = [
    ...checkBudget('file', fileSizes, FILE),
    ...checkBudget('test file', measured.filter(isTest), testBudget),
    ...checkBudget('function', functions, FUNCTION),
  ]
  const figures = `files median ${quantile(fileSizes, 0.5)}, 9 of 10 ${quantile(fileSizes, 0.9)}; functions median ${quantile(functions, 0.5)}, 9 of 10 ${quantile(functions, 0.9)} lines`
  report('size', problems, figures)
}
