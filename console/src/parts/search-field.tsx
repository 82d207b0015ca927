// Fields that look for something while one types; what they hold is kept in the address.
import { TextInput } from '@mantine/core'
import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { IconSearch } from './icons.tsx'

type TypedProps = { value: string; onChange(value: string): void }
type SearchFieldProps = TypedProps & { label: string; placeholder: string }

/** Looks while one types, but not for every letter. */
function useTyped({ value, onChange }: TypedProps): [string, (text: string) => void] {
  const [typed, setTyped] = useState(value)
  const [settled] = useDebouncedValue(typed, 250)
  const latest = useRef({ value, onChange })
  latest.current = { value, onChange }
  useEffect(() => {
    if (settled !== latest.current.value) latest.current.onChange(settled)
  }, [settled])
  // The address has changed by itself: somebody went back, or cleared all filters.
  useEffect(() => setTyped(value), [value])
  return [typed, setTyped]
}

/** The main search of a screen: the key / leads to it. */
export function SearchField({ label, placeholder, ...props }: SearchFieldProps): ReactNode {
  const [typed, setTyped] = useTyped(props)
  const input = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => input.current?.focus()]])
  return (
    <TextInput
      ref={input}
      w={{ base: '100%', xs: 260 }}
      aria-label={label}
      placeholder={`${placeholder}…  ( / )`}
      leftSection={<IconSearch size={14} />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  )
}

export function FilterField({ label, placeholder, ...props }: SearchFieldProps): ReactNode {
  const [typed, setTyped] = useTyped(props)
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  )
}
