// The results as a picture: a bar to the right is better than the aim, a bar to the left is worse.
import { aimText, type Result, standing, valueText } from './result.ts'

const WIDTH = 860
const ROW = 24
const TOP = 44
const LABELS = 390
const FIGURES = 150
/** Octaves to each side of the aim. */
const OCTAVES = 3
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .small { fill: #59636e }
  .met { fill: #1a7f64 }
  .missed { fill: #c4552d }
  .line { stroke: #8c959f; stroke-width: 1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1 }
    .met { fill: #3fb68b }
    .missed { fill: #f0883e }
  }`

/** SVG text; results without an aim are left out. */
export function drawChart(results: readonly Result[]): string {
  const shown = results.filter((result) => result.aim !== null)
  const height = TOP + shown.length * ROW + 8
  const zero = LABELS + (WIDTH - LABELS - FIGURES) / 2
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Each measurement beside its aim">`,
    `<style>${STYLE}</style>`,
    text(zero, 18, 'aim', 'small', 'middle'),
    text(zero + 12, 34, 'better, to 8 times', 'small', 'start'),
    text(zero - 12, 34, 'worse', 'small', 'end'),
    `<line class="line" x1="${zero}" x2="${zero}" y1="22" y2="${height - 6}"/>`,
    ...shown.map((result, i) => row(result, TOP + i * ROW, zero)),
    '</svg>',
  ]
  return `${parts.join('\n')}\n`
}

function row(result: Result, y: number, zero: number): string {
  const factor = standing(result) ?? 1
  const octaves = Math.max(-OCTAVES, Math.min(OCTAVES, Math.log2(factor)))
  const length = (octaves / OCTAVES) * ((WIDTH - LABELS - FIGURES) / 2)
  const x = Math.min(zero, zero + length)
  const bar = `<rect class="${factor >= 1 ? 'met' : 'missed'}" x="${x.toFixed(1)}" y="${y + 4}" width="${Math.max(1, Math.abs(length)).toFixed(1)}" height="${ROW - 8}" rx="2"/>`
  const figure = `${valueText(result)} (${aimText(result)})`
  return [
    text(LABELS - 14, y + 16, result.what, '', 'end'),
    bar,
    text(WIDTH - 4, y + 16, figure, 'small', 'end'),
  ].join('\n')
}

function text(
  x: number,
  y: number,
  value: string,
  style: string,
  anchor: 'start' | 'middle' | 'end',
): string {
  const safe = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${safe}</text>`
}
