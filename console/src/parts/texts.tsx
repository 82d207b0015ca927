// Small pieces of text: times, sids, code.
import { ActionIcon, Box, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { IconCheck, IconCopy } from './icons.tsx'

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' })
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** How long ago, with the exact time on hover. */
export function Time({ at }: { at: string }): ReactNode {
  const date = new Date(at)
  return (
    <Text component="time" dateTime={date.toISOString()} title={DATE.format(date)} size="xs" c="dimmed">
      {ago(date)}
    </Text>
  )
}

function ago(date: Date): string {
  const seconds = (date.getTime() - Date.now()) / 1000
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.round(seconds / size), unit)
  }
  return 'just now'
}

export function Copy({ value, what }: { value: string; what: string }): ReactNode {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon size="sm" onClick={copy} aria-label={`Copy ${what}`}>
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

export function Sid({ value }: { value: string }): ReactNode {
  return (
    <Group gap={2} wrap="nowrap" component="span">
      <Text component="span" className="mono clip" title={value}>
        {value}
      </Text>
      <Copy value={value} what="SID" />
    </Group>
  )
}

/** A block that can be scrolled, read and copied. */
export function CodeBlock({ text, what }: { text: string; what: string }): ReactNode {
  return (
    <Box pos="relative">
      <Code block tabIndex={0} aria-label={what} mah={420} style={{ overflow: 'auto' }}>
        {text}
      </Code>
      <Box pos="absolute" top={6} right={6}>
        <Copy value={text} what={what} />
      </Box>
    </Box>
  )
}

/** JSON in lines, or the text itself where it is none. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`
}
