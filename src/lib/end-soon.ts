// A socket that is over for us must not stay because the other side does not end it.
import type { Duplex } from 'node:stream'

const PATIENCE_MS = 5_000

/** After `socket.end(…)`: leaves the other side a few seconds to read and to end it, too; what it sends is thrown away. */
export function endSoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), PATIENCE_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.resume()
}
