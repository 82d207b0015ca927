// A real browser: the SDKs' own bundles in two pages that chat with each other.
import { expect, test } from 'vitest'
import { hasNoBrowser, startBrowser } from '../support/browser.ts'
import { PINS } from '../support/process.ts'
import { startServer } from '../support/server.ts'
import { mintToken, signerOf } from '../support/tokens.ts'
import { startWatchedWire } from '../support/watched-wire.ts'
import { openChatPage, startOrigin } from './browser-page.ts'

test.skipIf(hasNoBrowser)(
  'pages with the bundles of 6.0.0 and 5.0.2 chat with each other',
  { timeout: 90_000 },
  async () => {
    await using server = await startServer()
    const service = await server.givenService()
    const { sid: serviceSid } = await service.fetch()
    const token = (identity: string): string => mintToken(signerOf(PINS), serviceSid, identity)
    const { port } = new URL(server.url)
    await using aliceWire = await startWatchedWire(Number(port))
    await using bobWire = await startWatchedWire(Number(port))
    await using browser = await startBrowser()
    await using origin = await startOrigin()
    const alice = await openChatPage(browser, origin.url, '6.0.0')
    const bob = await openChatPage(browser, origin.url, '5.0.2')
    expect(await Promise.all([alice.version(), bob.version()])).toEqual(['6.0.0', '5.0.2'])

    await alice.connect(token('alice'), aliceWire.wsUrl)
    await bob.connect(token('bob'), bobWire.wsUrl)
    await alice.run(`
    channel = await client.createChannel({ uniqueName: 'pages', attributes: { from: 'a page' } })
    await channel.join()`)
    await alice.sees(`event === 'channelJoined'`)
    await aliceWire.settled()
    await bob.run(`channel = await client.getChannelByUniqueName('pages'); await channel.join()`)
    await bob.sees(`event === 'channelJoined'`)
    await bobWire.settled()
    await alice.sees(`event === 'memberJoined' && it.identity === 'bob'`)
    expect(await bob.run('return channel.attributes')).toEqual({ from: 'a page' })

    expect(await alice.run(`return channel.sendMessage('grüße 👋', { lang: 'de' })`)).toBe(0)
    await bob.sees(
      `event === 'messageAdded' && it.index === 0 && it.body === 'grüße 👋' && it.attributes.lang === 'de'`,
    )
    await bob.run(`await channel.typing()`)
    await alice.sees(`event === 'typingStarted' && it.identity === 'bob'`)
    await bob.run(`await channel.sendMessage('hello back')`)
    await alice.sees(`event === 'messageAdded' && it.index === 1 && it.author === 'bob'`)
    await bob.run(`await (await channel.getMessages(1)).items[0].updateBody('hello back!')`)
    await alice.sees(`event === 'messageUpdated' && it.message.body === 'hello back!'`)

    aliceWire.cut()
    await alice.sees(`event === 'connectionStateChanged' && it === 'connecting'`)
    await bob.run(`await channel.sendMessage('while the wire was cut')`)
    await alice.sees(`event === 'messageAdded' && it.index === 2`)
    await alice.page.reload()
    expect(await alice.run('return typeof Twilio')).toBe('undefined')
    expect([...alice.problems, ...bob.problems]).toEqual([])
  },
)
