// The log of pushes, as the server shows it.
import type { Scene } from './scene.ts'

export type ShownPush = {
  sid: string
  type: string
  identity: string
  binding_sid: string
  binding_type: string
  credential_sid: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  payload: Record<string, any>
  response_status: number | null
  reason: string | null
  error_code: number | null
  last_attempt: string | null
  duration_ms: number | null
}

export async function listPushes(
  { server, serviceSid }: Pick<Scene, 'server' | 'serviceSid'>,
  query: Record<string, string> = {},
): Promise<ShownPush[]> {
  const path = `/parley/v1/Services/${serviceSid}/Pushes?${new URLSearchParams({ ...query, PageSize: '100' })}`
  const { status, body, text } = await server.request('GET', path)
  if (status !== 200) throw new Error(`${status} ${text}`)
  return body.pushes
}

/** Of the log just what became of each push, oldest first. */
export async function outcomes(scene: Scene): Promise<Partial<ShownPush>[]> {
  return (await listPushes(scene)).map(({ state, attempts, response_status, reason, error_code }) => ({
    ...{ state, attempts, response_status, reason, error_code },
  }))
}

/** Who is still registered. */
export async function registered({ service }: Scene): Promise<string[]> {
  return (await service.bindings.list()).map(({ identity }) => identity)
}
