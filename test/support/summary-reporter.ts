// The last line of a run: `N passed, N failed`. What was left out is neither, and a line before says so.
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0
    let leftOut = 0
    let failed = errors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed++
        else if (state === 'skipped') leftOut++
        else failed++
      }
    }
    if (leftOut > 0) {
      process.stdout.write(
        `${leftOut} left out: what they need is not installed, mostly \`apt install chromium\`\n`,
      )
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
  }
}
