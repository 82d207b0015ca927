// How a setting is read, and the forms that several of them have.
import { isWebUrl } from '../chat/values.ts'

export type Env = Readonly<Record<string, string | undefined>>
/** The setting's value, or the fallback when it is missing or wrong; what is wrong is noted. */
export type Setting = <T>(
  name: string,
  fallback: T,
  expected: string,
  parse: (text: string) => T | undefined,
) => T

export const DAY_MS = 86_400_000
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS }

/** Reads from the environment; `mistakes` gets a line for each setting that is wrong. */
export function createSetting(env: Env, mistakes: string[]): Setting {
  return (name, fallback, expected, parse) => {
    const text = env[name]?.trim()
    if (!text) return fallback
    const value = parse(text)
    if (value !== undefined) return value
    mistakes.push(`${name} must be ${expected}`)
    return fallback
  }
}

export function parseInteger(text: string, min: number, max: number): number | undefined {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : -1
  return number >= min && number <= max ? number : undefined
}

export function parseOnOff(text: string): boolean | undefined {
  return text === 'on' ? true : text === 'off' ? false : undefined
}

/** Milliseconds. */
export function parseTime(text: string): number | undefined {
  const [, digits, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  return digits && unit ? Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS] : undefined
}

/** Without a slash at its end. */
export function parseBaseUrl(text: string): string | undefined {
  return isWebUrl(text) && !/[?#]/.test(text) ? text.replace(/\/+$/, '') : undefined
}

export function parseOrigins(text: string): string[] | undefined {
  const origins = text.split(',').map((origin) => origin.trim())
  return origins.every((origin) => isWebUrl(origin) && URL.parse(origin)?.origin === origin)
    ? origins
    : undefined
}
