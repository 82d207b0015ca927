// Thousands of sockets read into one buffer. Node makes a new one of 64 KB for every read otherwise, and collecting
// them was a sixth of what a busy server did.
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** All of this process: it is filled and taken within one call. */
const SHARED = Buffer.allocUnsafeSlow(65_536)

/** What Node's sockets are made of; not in its documentation. */
type Handle = object
type WithHandle = { _handle: Handle | null }
type HandleOptions = {
  handle: Handle
  allowHalfOpen: boolean
  onread: { buffer: Buffer; callback(bytes: number): boolean }
}

/**
 * The socket to go on with: the same connection, whose bytes go to `onBytes` and are only good during the call.
 * Where the socket is of another kind than expected, it is the same one, read as usual.
 */
export function readShared(socket: Duplex, onBytes: (bytes: Buffer) => void): Duplex {
  const handle = socket instanceof Socket ? (socket as unknown as WithHandle)._handle : null
  if (!handle) {
    socket.on('data', onBytes)
    return socket
  }
  const options: HandleOptions = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer: SHARED,
      callback: (bytes) => {
        onBytes(SHARED.subarray(0, bytes))
        return true
      },
    },
  }
  const successor = new Socket(options as object)
  ;(socket as unknown as WithHandle)._handle = null
  // The server counts the first one until it is gone.
  successor.once('close', () => socket.destroy())
  successor.resume()
  return successor
}
