// Calls of the public API, with the session's cookie and the header that proves that our own page asks.

export type FormValue = string | number | boolean | readonly string[]
export type Form = Readonly<Record<string, FormValue | undefined>>

/** What the server refused, in its own words. */
export class ApiError extends Error {
  readonly status: number
  readonly code: number | null

  constructor(status: number, code: number | null, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const CONSOLE_HEADER = { 'x-parley-console': '1' }

/** `path` may be an absolute URL from an answer: only its path counts, as the page may be open under another name. Throws ApiError. */
export async function get<T>(path: string): Promise<T> {
  const answer = await send('GET', path)
  return (await answer.json()) as T
}

/** Undefined members are left out; a list is sent as repeated values. Throws ApiError. */
export async function post<T>(path: string, form: Form = {}): Promise<T> {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    if (value === undefined) continue
    if (Array.isArray(value)) for (const one of value.length > 0 ? value : ['']) body.append(name, one)
    else body.append(name, String(value))
  }
  const answer = await send('POST', path, body)
  return (await answer.json()) as T
}

/** Throws ApiError. */
export async function remove(path: string): Promise<void> {
  await send('DELETE', path)
}

async function send(method: string, path: string, body?: URLSearchParams): Promise<Response> {
  const answer = await fetch(localPath(path), { method, body, headers: CONSOLE_HEADER }).catch(() => {
    throw new ApiError(0, null, 'The server cannot be reached')
  })
  if (answer.ok) return answer
  const fault = (await answer.json().catch(() => ({}))) as { code?: number; message?: string }
  throw new ApiError(
    answer.status,
    fault.code ?? null,
    fault.message ?? `The server answered ${answer.status}`,
  )
}

function localPath(path: string): string {
  const { pathname, search } = new URL(path, window.location.origin)
  return pathname + search
}
