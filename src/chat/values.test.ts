import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errors } from './errors.ts'
import { chatLimits } from './limits.ts'
import {
  checkAttributes,
  checkAuthor,
  checkBody,
  checkIdentity,
  checkName,
  checkReadIndex,
  checkUniqueName,
  isLongerThan,
  isWebUrl,
} from './values.ts'

const refusal = (code: number) => expect.objectContaining({ status: 400, code })
const SMILE = '😀'
const HEX = '0123456789abcdef'.repeat(2)

test('names are measured in code points', () => {
  expect(checkName(SMILE.repeat(256), 256, errors.friendlyNameTooLong)).toBe(SMILE.repeat(256))
  expect(() => checkName(SMILE.repeat(257), 256, errors.friendlyNameTooLong)).toThrow(refusal(50003))
  expect(() => checkName('n'.repeat(257), 256, errors.friendlyNameTooLong)).toThrow(refusal(50003))
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, limit) => {
      expect(isLongerThan(text, limit)).toBe([...text].length > limit)
    }),
  )
})

test('an empty name is none', () => {
  expect(checkName('', 256, errors.friendlyNameTooLong)).toBeNull()
  expect(checkName(null, 256, errors.friendlyNameTooLong)).toBeNull()
  expect(checkUniqueName('', chatLimits)).toBeNull()
  expect(checkUniqueName(null, chatLimits)).toBeNull()
})

test('a unique name has up to 256 code points and does not look like a channel', () => {
  for (const name of [SMILE.repeat(256), 'a/b?c#d e', `IM${HEX}`, `CH${HEX}0`, `CH${HEX.slice(1)}`]) {
    expect(checkUniqueName(name, chatLimits)).toBe(name)
  }
  expect(() => checkUniqueName('n'.repeat(257), chatLimits)).toThrow(refusal(50004))
  expect(() => checkUniqueName(`CH${HEX}`, chatLimits)).toThrow(refusal(50306))
})

test('an identity has 1 to 256 code points, is not reserved and does not look like a user', () => {
  for (const identity of ['a', SMILE.repeat(256), 'a@b:c/d', 'System', `MB${HEX}`, `US${HEX}0`]) {
    expect(checkIdentity(identity, chatLimits)).toBe(identity)
  }
  expect(() => checkIdentity('', chatLimits)).toThrow(refusal(20001))
  expect(() => checkIdentity(SMILE.repeat(257), chatLimits)).toThrow(refusal(50207))
  expect(() => checkIdentity(`US${HEX}`, chatLimits)).toThrow(refusal(50206))
  expect(() => checkIdentity('system', chatLimits)).toThrow(refusal(50203))
  for (const half of ['\ud800', 'a\udfff', '\udfff\ud800']) {
    expect(() => checkIdentity(half, chatLimits)).toThrow(refusal(20001))
  }
})

test('an author is any text of up to 256 code points, or the system', () => {
  expect(checkAuthor('nobody in particular', chatLimits)).toBe('nobody in particular')
  expect(checkAuthor(undefined, chatLimits)).toBe('system')
  expect(checkAuthor('', chatLimits)).toBe('system')
  expect(checkAuthor(SMILE.repeat(256), chatLimits)).toBe(SMILE.repeat(256))
  expect(() => checkAuthor('a'.repeat(257), chatLimits)).toThrow(refusal(50310))
  expect(() => checkAuthor('a'.repeat(257), chatLimits, errors.lastUpdatedByTooLong)).toThrow(refusal(50505))
})

test('attributes are any JSON, kept as they were written', () => {
  for (const text of [
    '{ "foo": "bar" }',
    '[1, 2]',
    '"text"',
    '5',
    '-1.50',
    'true',
    'null',
    '{}',
    '{"a":1,"a":2}',
  ]) {
    expect(checkAttributes(text, 4_096)).toBe(text)
  }
  expect(checkAttributes('', 4_096)).toBe('{}')
  for (const text of ['{', '{foo: 1}', "{'foo': 1}", 'undefined', '[1,]', 'NaN', ' ', '{} {}']) {
    expect(() => checkAttributes(text, 4_096), text).toThrow(refusal(50304))
  }
})

test('attributes and bodies are measured in bytes of UTF-8', () => {
  const euros = '€'.repeat(10)
  expect(checkAttributes(`"${euros}"`, 32)).toBe(`"${euros}"`)
  expect(() => checkAttributes(`"${euros}"`, 31)).toThrow(refusal(50303))

  expect(checkBody('b'.repeat(32_768), chatLimits)).toHaveLength(32_768)
  expect(checkBody(SMILE.repeat(8_192), chatLimits)).toBe(SMILE.repeat(8_192))
  expect(checkBody('', chatLimits)).toBe('')
  expect(() => checkBody('b'.repeat(32_769), chatLimits)).toThrow(refusal(50504))
  expect(() => checkBody(`${SMILE.repeat(8_192)}b`, chatLimits)).toThrow(refusal(50504))
})

test('a read horizon is null, zero or above', () => {
  for (const index of [null, 0, 1, Number.MAX_SAFE_INTEGER]) expect(checkReadIndex(index)).toBe(index)
  for (const index of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => checkReadIndex(index), `${index}`).toThrow(refusal(50406))
  }
})

test('the limits are those of the hosted service', () => {
  expect(chatLimits).toMatchObject({
    ...{ messageBody: 32_768, messageAttributes: 4_096, channelAttributes: 32_768 },
    ...{ userAttributes: 4_096, memberAttributes: 4_096, name: 256, shortName: 64 },
    ...{ channelMembers: 1_000, userChannels: 1_000, channelWebhooks: 5, webhookTriggers: 5 },
    ...{ webhookRetries: 3, webhookUrl: 512 },
  })
})

test('a web URL is absolute, of http or https, and has a host', () => {
  for (const url of [
    'http://localhost',
    'https://a.example:8443/x?y=z',
    'http://127.0.0.1:80/',
    'HTTP://[::1]/',
  ]) {
    expect(isWebUrl(url), url).toBe(true)
  }
  for (const url of [
    '',
    'localhost',
    '/hook',
    '//a.example',
    'http://',
    'https:a.example',
    ' http://a.example',
    'ftp://a.example',
    'javascript:alert(1)',
  ]) {
    expect(isWebUrl(url), url).toBe(false)
  }
})
