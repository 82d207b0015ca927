import assert from 'node:assert/strict'
import type { Step } from './scene.ts'

export const firstMessage: Step = {
  name: '4 a message reaches both, with its attributes',
  async run({ alice, bob, general }) {
    const { sid } = general.alice
    const index = await general.alice.send('hello', { lang: 'en' })
    const seen = { channel: sid, index: 0, body: 'hello', author: 'alice' }
    await alice.events.waitFor('messageAdded', seen)
    await bob.events.waitFor('messageAdded', seen)
    await bob.events.waitFor('channelUpdated', { channel: sid, reasons: ['lastMessage'] })

    assert.equal(Number(index), 0)
    assert.equal(general.bob.state().lastMessageIndex, 0)
    const [message] = (await general.bob.messages(1)).items
    const { body, author, attributes, type } = message ?? {}
    assert.deepEqual(
      { body, author, attributes, type },
      { body: 'hello', author: 'alice', attributes: { lang: 'en' }, type: 'text' },
    )
    assert.equal(await message?.member(), 'alice')
  },
}

export const typing: Step = {
  name: '5 typing is seen by the others, and ends with the message',
  async run({ alice, bob, general }) {
    const who = { channel: general.alice.sid, identity: 'bob' }
    await general.bob.typing()
    await alice.events.waitFor('typingStarted', who)
    await general.bob.send('hello, alice')
    await alice.events.waitFor('messageAdded', { index: 1, author: 'bob' })
    await alice.events.waitFor('typingEnded', who)

    assert.deepEqual(bob.events.all('typingStarted'), [], 'nobody is told of their own typing')
  },
}
