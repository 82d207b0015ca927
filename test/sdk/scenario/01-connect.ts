import assert from 'node:assert/strict'
import type { Play, Step } from './scene.ts'

export const connect: Step = {
  name: '1 two clients connect, and know from the server who they are',
  async run(play) {
    await play.rest.users.create({ identity: 'alice', friendlyName: 'Alice' })
    play.alice = await play.enter('alice')
    play.bob = await play.enter('bob', { construct: play.sdk.hasConstructor })
    if (play.sdk.hasConstructor) await expectStartOfBob(play)
    await play.alice.settled()
    await play.bob.settled()

    assert.equal(play.alice.connectionState(), 'connected')
    assert.equal(play.bob.connectionState(), 'connected')
    assert.equal(play.alice.self().identity, 'alice')
    assert.equal(play.alice.self().friendlyName(), 'Alice')
    assert.equal(play.bob.self().identity, 'bob')
    const { identity } = await play.rest.users('bob').fetch()
    assert.equal(identity, 'bob', 'the first connection makes the user')
  },
}

async function expectStartOfBob({ bob }: Play): Promise<void> {
  await bob.events.waitFor('connectionStateChanged', { state: 'connected' })
  await bob.events.waitFor('stateChanged', { state: 'initialized' })
}
