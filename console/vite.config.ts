import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const root = import.meta.dirname
const outDir = join(root, 'dist')

/** The vendor's bundle as npm delivers it: loaded by the page as it is, and never by our own build. */
const sdk: Plugin = {
  name: 'unmodified-sdk',
  closeBundle() {
    mkdirSync(join(outDir, 'vendor'), { recursive: true })
    const source = join(root, '../node_modules/twilio-chat-6')
    copyFileSync(join(source, 'builds/twilio-chat.min.js'), join(outDir, 'vendor/twilio-chat-6.0.0.min.js'))
    copyFileSync(join(source, 'LICENSE'), join(outDir, 'vendor/twilio-chat-LICENSE.txt'))
  },
}

export default defineConfig({
  root,
  base: '/console/',
  publicDir: join(root, 'public'),
  plugins: [react(), sdk],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
  },
  html: { cspNonce: '__CSP_NONCE__' },
})
