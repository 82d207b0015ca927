// Every list of the API, with a way to fill it: for tests of what all lists have in common.
import { newSid, type Sid } from '../../src/lib/sid.ts'
import { saveBinding } from '../../src/store/bindings.ts'
import type { TestServer } from './server.ts'

export type GivenList = {
  /** The path of the list. */
  path: string
  /** The keys of all its items, in the order in which they were created. The last five are ours to remove. */
  keys: string[]
  /** Creates one more item, and returns its key. */
  add(): Promise<string>
  remove(key: string): Promise<unknown>
}

export type List = {
  name: string
  /** Under which the items are in the answer. */
  key: string
  defaultPageSize: number
  maxPageSize: number
  /** Filters that let every item through, in the order in which page URLs have them. */
  filters: string
  /** With five items of our own. */
  given(server: TestServer): Promise<GivenList>
}

export type ListPage = {
  meta: {
    page: number
    page_size: number
    first_page_url: string
    previous_page_url: string | null
    url: string
    next_page_url: string | null
    key: string
  }
  keys: string[]
}

type Source = {
  path: string
  before?: string[]
  add(): Promise<string>
  remove(key: string): Promise<unknown>
}

/** One page. `url` is a path or an absolute URL from an earlier page. */
export async function getPage(server: TestServer, url: string): Promise<ListPage> {
  const { status, body, text } = await getList(server, url)
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`)
  const items = body[body.meta.key] as { sid?: string; channel_sid: string }[]
  return { meta: body.meta, keys: items.map((item) => item.sid ?? item.channel_sid) }
}

/** The answer to a request for a page, whatever it is. */
export function getList(server: TestServer, url: string) {
  const { pathname, search } = new URL(url, server.url)
  return server.request('GET', `${pathname}${search}`)
}

/** The page at `url` and all that follow it. */
export async function walk(server: TestServer, url: string): Promise<ListPage[]> {
  const pages: ListPage[] = []
  let next: string | null = url
  while (next !== null) {
    const page: ListPage = await getPage(server, next)
    pages.push(page)
    next = page.meta.next_page_url
  }
  return pages
}

/** A binding of the user `identity`, as a device makes it when it registers. */
export async function givenBinding(
  server: TestServer,
  user: { sid: string; serviceSid: string; identity: string },
  bindingType: 'apn' | 'gcm' | 'fcm' = 'fcm',
): Promise<string> {
  const sid = newSid('BS')
  const now = Date.now()
  await server.app.chat.db.transaction((tx) =>
    saveBinding(tx, {
      sid,
      serviceSid: user.serviceSid as Sid<'IS'>,
      userSid: user.sid as Sid<'US'>,
      identity: user.identity,
      endpoint: `device of ${sid}`,
      credentialSid: newSid('CR'),
      bindingType,
      address: newSid('XT'),
      messageTypes: '["new_message"]',
      dialect: 'chat',
      badge: null,
      createdAt: now,
      updatedAt: now,
    }),
  )
  return sid
}

const sidOf = async (created: Promise<{ sid: string }>): Promise<string> => (await created).sid

async function givenParts(server: TestServer) {
  const service = await server.givenService()
  const { channels } = service
  const channel = await channels.create({})
  const user = await service.users.create({ identity: 'alice' })
  const { pathname } = new URL((await service.fetch()).url)
  return { service, channel, inChannel: channels(channel.sid), user, path: pathname }
}

function list(
  name: string,
  {
    key = name,
    filters = '',
    max = 100,
    usual = 50,
  }: Partial<{ key: string; filters: string; max: number; usual: number }>,
  open: (server: TestServer) => Promise<Source>,
): List {
  return {
    name,
    key,
    filters,
    defaultPageSize: usual,
    maxPageSize: max,
    async given(server) {
      const { path, before = [], add, remove } = await open(server)
      const keys = [...before]
      for (let i = 0; i < 5; i++) keys.push(await add())
      return { path, keys, add, remove }
    },
  }
}

export const LISTS: readonly List[] = [
  list('services', {}, async ({ client }) => ({
    path: '/v2/Services',
    add: () => sidOf(client.chat.v2.services.create({ friendlyName: 'one of several' })),
    remove: (sid) => client.chat.v2.services(sid).remove(),
  })),
  list('credentials', { max: 1000 }, async ({ client }) => ({
    path: '/v2/Credentials',
    add: () => sidOf(client.chat.v2.credentials.create({ type: 'fcm', secret: 'secret' })),
    remove: (sid) => client.chat.v2.credentials(sid).remove(),
  })),
  list('roles', {}, async (server) => {
    const { service, path } = await givenParts(server)
    const role = { friendlyName: 'guest', type: 'channel', permission: ['sendMessage'] } as const
    return {
      path: `${path}/Roles`,
      before: (await service.roles.list()).map(({ sid }) => sid),
      add: () => sidOf(service.roles.create({ ...role, permission: [...role.permission] })),
      remove: (sid) => service.roles(sid).remove(),
    }
  }),
  list('users', {}, async (server) => {
    const { service, path, user } = await givenParts(server)
    return {
      path: `${path}/Users`,
      before: [user.sid],
      add: () => sidOf(service.users.create({ identity: crypto.randomUUID() })),
      remove: (sid) => service.users(sid).remove(),
    }
  }),
  list('channels', { filters: 'Type=public&Type=private&' }, async (server) => {
    const { service, path, channel } = await givenParts(server)
    return {
      path: `${path}/Channels`,
      before: [channel.sid],
      add: () => sidOf(service.channels.create({ type: 'private' })),
      remove: (sid) => service.channels(sid).remove(),
    }
  }),
  list('members', {}, async (server) => {
    const { inChannel, channel } = await givenParts(server)
    return {
      path: `${new URL(channel.url).pathname}/Members`,
      add: () => sidOf(inChannel.members.create({ identity: crypto.randomUUID() })),
      remove: (sid) => inChannel.members(sid).remove(),
    }
  }),
  list('messages', { filters: 'Order=asc&' }, async (server) => {
    const { inChannel, channel } = await givenParts(server)
    return {
      path: `${new URL(channel.url).pathname}/Messages`,
      add: () => sidOf(inChannel.messages.create({ body: 'hello' })),
      remove: (sid) => inChannel.messages(sid).remove(),
    }
  }),
  list('invites', {}, async (server) => {
    const { service, inChannel, channel } = await givenParts(server)
    return {
      path: `${new URL(channel.url).pathname}/Invites`,
      async add() {
        const { identity } = await service.users.create({ identity: crypto.randomUUID() })
        return sidOf(inChannel.invites.create({ identity }))
      },
      remove: (sid) => inChannel.invites(sid).remove(),
    }
  }),
  list('webhooks', { max: 5, usual: 5 }, async (server) => {
    const { inChannel, channel } = await givenParts(server)
    const target = { 'configuration.url': 'https://example.org/', 'configuration.filters': ['onMessageSent'] }
    return {
      path: `${new URL(channel.url).pathname}/Webhooks`,
      add: () => sidOf(inChannel.webhooks.create({ type: 'webhook', ...target })),
      remove: (sid) => inChannel.webhooks(sid).remove(),
    }
  }),
  list('bindings', { max: 50, filters: 'BindingType=fcm&Identity=alice&' }, async (server) => {
    const { service, path, user } = await givenParts(server)
    return {
      path: `${path}/Bindings`,
      add: () => givenBinding(server, user),
      remove: (sid) => service.bindings(sid).remove(),
    }
  }),
  list('user bindings', { key: 'bindings', max: 50, filters: 'BindingType=fcm&' }, async (server) => {
    const { service, user } = await givenParts(server)
    return {
      path: `${new URL(user.url).pathname}/Bindings`,
      add: () => givenBinding(server, user),
      remove: (sid) => service.users(user.sid).userBindings(sid).remove(),
    }
  }),
  list('user channels', { key: 'channels', max: 1000 }, async (server) => {
    const { service, user } = await givenParts(server)
    return {
      path: `${new URL(user.url).pathname}/Channels`,
      async add() {
        const { sid } = await service.channels.create({})
        await service.channels(sid).members.create({ identity: 'alice' })
        return sid
      },
      remove: (sid) => service.users('alice').userChannels(sid).remove(),
    }
  }),
]
