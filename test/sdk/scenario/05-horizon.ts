import assert from 'node:assert/strict'
import { until } from '../../support/until.ts'
import { MESSAGES } from './04-history.ts'
import type { Step } from './scene.ts'

export const horizon: Step = {
  name: '7 horizons move, are counted, and are seen by the others',
  async run({ alice, carol, general }) {
    const { sid } = general.carol
    assert.equal(await general.carol.unreadCount(), null, 'no horizon, no count')
    assert.equal(await general.carol.setAllConsumed(), 0)
    await alice.events.waitFor('memberUpdated', { channel: sid, identity: 'carol', horizon: MESSAGES - 1 })
    assert.equal(await general.carol.setHorizon(30), 4)
    await alice.events.waitFor('memberUpdated', { channel: sid, identity: 'carol', horizon: 30 })
    await until('the horizon in carol’s channel', () => general.carol.state().horizon === 30)
    await general.carol.advanceHorizon(5)
    await carol.settled()

    assert.equal(general.carol.state().horizon, 30, 'advancing never goes back')
    assert.equal((await general.alice.member('carol')).horizon, 30)
    assert.equal(await general.carol.messagesCount(), MESSAGES)
    assert.equal(await general.carol.membersCount(), 3)
  },
}
