// The seven versions under test, each loaded as npm delivers it.
import { createRequire } from 'node:module'
import type { Client as ChatClient } from 'twilio-chat-6'
import type { Client as ConversationsClient } from 'twilio-conversations-3'
import { wrapChatClient } from './chat.ts'
import { wrapConversationsClient } from './conversations.ts'
import type { Family, Sdk, SdkClient } from './sdk.ts'

type Entry = { module: string; family: Family; hasConstructor: boolean }

const ENTRIES: Record<string, Entry> = {
  '3': { module: 'twilio-chat-3', family: 'session', hasConstructor: false },
  '4': { module: 'twilio-chat-4', family: 'session', hasConstructor: false },
  '5': { module: 'twilio-chat-5', family: 'rest', hasConstructor: false },
  '6': { module: 'twilio-chat-6', family: 'rest', hasConstructor: true },
  'c2.1': { module: 'twilio-conversations-2.1', family: 'conversations', hasConstructor: true },
  'c2.7': { module: 'twilio-conversations-2.7', family: 'conversations', hasConstructor: true },
  c3: { module: 'twilio-conversations-3', family: 'conversations', hasConstructor: true },
}

export const VERSIONS: readonly string[] = Object.keys(ENTRIES)

type AnyClient = ChatClient & ConversationsClient
type ClientClass = {
  new (token: string, options: object): AnyClient
  create(token: string, options: object): Promise<AnyClient>
}

/** Loads one version; a process should load no other. Throws when there is no such version. */
export function loadSdk(version: string): Sdk {
  const entry = ENTRIES[version]
  if (!entry) throw new Error(`There is no version '${version}': choose one of ${VERSIONS.join(', ')}`)
  const { Client } = createRequire(import.meta.url)(entry.module) as { Client: ClientClass }
  const wrap = (client: AnyClient, name: string): SdkClient =>
    entry.family === 'conversations' ? wrapConversationsClient(client, name) : wrapChatClient(client, name)
  return {
    version,
    ...entry,
    async connect(token, wsUrl, { construct = false } = {}) {
      const options = { Twilsock: { uri: wsUrl } }
      const client = construct ? new Client(token, options) : await Client.create(token, options)
      return wrap(client, identityIn(token))
    },
    errorCode: entry.family === 'session' ? sessionCode : restCode,
  }
}

function sessionCode(error: unknown): number | undefined {
  return (error as { code?: number }).code
}

function restCode(error: unknown): number | undefined {
  return (error as { body?: { code?: number } }).body?.code
}

function identityIn(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return claims.grants.identity
}
