// The size budget of files and functions (docs/ARCHITECTURE.md). Over budget means two ideas: split by idea.
import { parseAst } from 'vite'
import { readSources, report, type SourceFile } from './source-files.ts'

const FILE = { median: 80, most: 250, max: 400 }
const FUNCTION = { median: 12, most: 35, max: 60 }

type Sized = { name: string; lines: number }

type Node = { type: string; start: number; end: number; id?: { name?: string } | null }

/** Lines of each function in a file, from its first to its last. */
export function measureFunctions({ path, text }: SourceFile): Sized[] {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length
  const program: unknown = parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }, path)
  return findFunctions(program).map(({ start, end, id }) => {
    const name = `${path}:${lineOf(start)}${id?.name ? ` ${id.name}` : ''}`
    return { name, lines: lineOf(end) - lineOf(start) + 1 }
  })
}

/** Every function below a node of a syntax tree. */
function findFunctions(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return []
  const within = Object.values(node).flatMap(findFunctions)
  return isFunction(node) ? [node, ...within] : within
}

function isFunction(node: object): node is Node {
  const { type } = node as Partial<Node>
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type ?? '')
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
  const files = readSources('src', 'console/src', 'test', 'scripts', 'bench')
  const measured = files.map(({ path, text }) => ({ name: path, lines: text.split('\n').length - 1 }))
  const isTest = ({ name }: Sized): boolean => name.startsWith('test/') || name.endsWith('.test.ts')
  const fileSizes = measured.filter((file) => !isTest(file))
  const functions = files
    .filter(({ path }) => /^(src|console)\//.test(path) && !path.endsWith('.test.ts'))
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
