// What a check of the installation comes to.

export type Finding = {
  level: 'ok' | 'warning' | 'problem'
  subject: string
  text: string
  /** What to do; only where something is to be done. */
  mend?: string
}

export function ok(subject: string, text: string): Finding {
  return { level: 'ok', subject, text }
}

export function warning(subject: string, text: string, mend: string): Finding {
  return { level: 'warning', subject, text, mend }
}

export function problem(subject: string, text: string, mend: string): Finding {
  return { level: 'problem', subject, text, mend }
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
