// Tables of forms and what the server answers to each.
import { expect } from 'vitest'
import type { TestServer } from './server.ts'

export type Form = Record<string, string | string[]>

/** Posts each form in turn. An answer reads `200`, or `400/50003` with the error's code. */
export async function expectAnswers(
  server: TestServer,
  path: string,
  table: readonly (readonly [Form, string])[],
): Promise<void> {
  const answered: [Form, string][] = []
  for (const [form] of table) {
    const answer = await server.request('POST', path, { form })
    answered.push([form, describeAnswer(answer)])
  }
  expect(answered).toEqual(table)
}

export function describeAnswer({ status, body }: { status: number; body: { code?: number } }): string {
  return status < 400 ? `${status}` : `${status}/${body.code}`
}

/** To reading it, changing it with the form, and deleting it, in this order. */
export async function answersTo(server: TestServer, path: string, form: Form): Promise<string[]> {
  return [
    describeAnswer(await server.request('GET', path)),
    describeAnswer(await server.request('POST', path, { form })),
    describeAnswer(await server.request('DELETE', path)),
  ]
}

/** What `answersTo` gives where there is nothing. */
export const ALL_MISSING = ['404/20404', '404/20404', '404/20404']
