// Addresses that are not on the public internet, for installations whose webhooks must stay out of their own network.
import { type LookupAddress, type LookupOptions, lookup as resolve } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const PRIVATE_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
const PRIVATE_6 = [
  ['::', 96],
  ['2002::', 16],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const

const blocked = new BlockList()
for (const [network, bits] of PRIVATE_4) {
  blocked.addSubnet(network, bits, 'ipv4')
  // The same address written as IPv6.
  blocked.addSubnet(`::ffff:${network}`, bits + 96, 'ipv6')
}
for (const [network, bits] of PRIVATE_6) blocked.addSubnet(network, bits, 'ipv6')

export class PrivateAddress extends Error {
  constructor(address: string) {
    super(`${address} is not a public address`)
  }
}

/** `address` is an IPv4 or IPv6 address. */
export function isPrivateAddress(address: string): boolean {
  return blocked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Throws PrivateAddress when the host is written as such an address: those are connected to without a look-up. */
export function refusePrivateHost(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0 && isPrivateAddress(address)) throw new PrivateAddress(address)
}

/** A look-up that fails for a private address; what it returns is what will be connected to. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  const all: LookupOptions & { all: true } = { ...options, all: true }
  resolve(hostname, all, (error, addresses) => {
    if (error) return callback(error, [])
    const wrong = addresses.find(({ address }) => isPrivateAddress(address))
    if (wrong) return callback(new PrivateAddress(`${hostname} (${wrong.address})`), [])
    const [first] = addresses as [LookupAddress, ...LookupAddress[]]
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}
