// What each part of the benchmark says at its end, and how that stands to its aim.
import { writeFileSync } from 'node:fs'

export type Result = {
  what: string
  /** As measured, with units. */
  parley: string
  /** What it is compared with, of the same run; empty where there is nothing. */
  baseline: string
  /** What the aim is about: mostly a ratio of the two. */
  value: number
  unit: '' | 'KB' | 's'
  aim: { atMost: number } | { atLeast: number } | null
}

/** Above 1 it is better than the aim, by that factor; null without one. */
export function standing({ value, aim }: Result): number | null {
  if (aim === null) return null
  return 'atMost' in aim ? aim.atMost / value : value / aim.atLeast
}

export function isMet(result: Result): boolean {
  return (standing(result) ?? 1) >= 1
}

export function aimText({ aim, unit }: Result): string {
  if (aim === null) return ''
  const [words, number] = 'atMost' in aim ? ['at most', aim.atMost] : ['at least', aim.atLeast]
  return `${words} ${number}${unit && ` ${unit}`}`
}

export function valueText({ value, unit }: Result): string {
  return unit === '' ? value.toFixed(2) : `${value.toFixed(1)} ${unit}`
}

/** For `bench/all.ts`; without effect where no file is wanted. */
export function writeResults(file: string | undefined, results: readonly Result[]): void {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en')
}
