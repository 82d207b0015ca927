import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

export type SourceFile = { path: string; text: string }

/** The TypeScript files, with or without markup, of some folders, with paths from the project's root. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`))
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(path), 'utf8') }))
    .sort((a, b) => a.path.localeCompare(b.path))
}

/** Prints what is wrong and sets the exit status, or prints one line that all is well. */
export function report(name: string, problems: readonly string[], fine: string): void {
  if (problems.length === 0) {
    console.log(`${name}: ${fine}`)
    return
  }
  console.error(`${name}: ${problems.length} to mend`)
  for (const problem of problems) console.error(`  ${problem}`)
  process.exitCode = 1
}
