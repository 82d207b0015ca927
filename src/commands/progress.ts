// Shows how far long work has come: a bar that redraws itself on a terminal, nothing elsewhere.

type Progress = { step(done: number): void; end(): void }

const WIDTH = 30
const CLEAR_LINE = '\r\u001b[K'

/** `label` says what is counted, such as `messages`. Writes to standard error. */
export function startProgress(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return { step() {}, end() {} }
  let shown = ''
  const show = (done: number): void => {
    const filled = Math.round((WIDTH * done) / Math.max(1, total))
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
    const line = `${bar} ${done} of ${total} ${label}`
    if (line !== shown) process.stderr.write(`\r${line}`)
    shown = line
  }
  show(0)
  return { step: show, end: () => void process.stderr.write(CLEAR_LINE) }
}
