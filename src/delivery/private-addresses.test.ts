import type { LookupAddress } from 'node:dns'
import { describe, expect, test } from 'vitest'
import { isPrivateAddress, lookUpPublic, PrivateAddress, refusePrivateHost } from './private-addresses.ts'

const PRIVATE = [
  ...['127.0.0.1', '127.255.255.255', '0.0.0.0', '0.1.2.3', '10.0.0.0', '10.255.255.255'],
  ...['172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', '169.254.0.0', '169.254.169.254'],
  ...['100.64.0.0', '100.127.255.255', '192.0.0.1', '198.18.0.0', '198.19.255.255'],
  ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fc00::1', 'fdff::1', 'fe80::1', 'febf::1', 'ff02::1'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:1', '::ffff:10.1.2.3', '::ffff:a9fe:a9fe'],
  ...['::ffff:192.168.1.1', '::ffff:172.31.255.255', '::ffff:0.0.0.0', '64:ff9b::7f00:1'],
]
const PUBLIC = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '126.255.255.255', '128.0.0.0', '100.63.255.255'],
  ...['100.128.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255'],
  ...['192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '192.0.1.0'],
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', 'fbff::1', '::ffff:8.8.8.8', '::ffff:11.0.0.0'],
]

describe('addresses', () => {
  test.each(PRIVATE)('%s is private', (address) => expect(isPrivateAddress(address)).toBe(true))
  test.each(PUBLIC)('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false))
})

/** All of them are ways to write an address of this machine or of a private network in a URL. */
const SPELLINGS = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '017700000001', '0x7f000001', '0X7F.1', '0177.0.0.01'],
  ...['0x7f.0x0.0x0.0x1', '0', '127.0.0.1.', '１２７.0.0.1', '%31%32%37.0.0.1', '0xa9fea9fe', '167772161'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::FFFF:0A00:0001]'],
]

describe('hosts of URLs', () => {
  test.each(SPELLINGS)('%s is refused', (host) => {
    expect(() => refusePrivateHost(new URL(`http://${host}:8080/hook`).hostname)).toThrow(PrivateAddress)
  })

  test.each(['example.org', '8.8.8.8', '[2606:4700:4700::1111]'])('%s is not refused', (host) => {
    expect(() => refusePrivateHost(new URL(`http://${host}/`).hostname)).not.toThrow()
  })

  test('the refusal names the address and the setting', () => {
    expect(() => refusePrivateHost('[::1]')).toThrow('::1 is not a public address')
  })
})

describe('names', () => {
  const lookUp = (name: string, all: boolean) =>
    new Promise<string | LookupAddress[]>((resolve, reject) => {
      lookUpPublic(name, { all }, (error, address) => (error ? reject(error) : resolve(address)))
    })

  test.each([true, false])('one of this machine is refused (all addresses wanted: %s)', async (all) => {
    await expect(lookUp('localhost', all)).rejects.toThrow(PrivateAddress)
  })

  test('a public address is looked up to itself, in the form that was asked for', async () => {
    expect(await lookUp('8.8.8.8', false)).toBe('8.8.8.8')
    expect(await lookUp('8.8.8.8', true)).toEqual([{ address: '8.8.8.8', family: 4 }])
  })

  test('an error of the look-up is passed on', async () => {
    await expect(lookUp('nothing.invalid', false)).rejects.not.toBeInstanceOf(PrivateAddress)
  })
})
