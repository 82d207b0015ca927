// Forms from a description of their fields: what each is called, what it means, how it is typed in.
import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { ReactNode } from 'react'

export type Choice = { value: string; label: string }
export type Value = string | number | boolean | string[]
export type Values = Record<string, Value>

export type FieldSpec = {
  /** As the API calls it. */
  name: string
  label: string
  hint?: string
  kind?: 'text' | 'long' | 'json' | 'number' | 'switch' | 'choice' | 'choices'
  choices?: readonly Choice[]
  required?: boolean
  placeholder?: string
  min?: number
  max?: number
}

export type RecordForm = UseFormReturnType<Values>

export function FieldInput({ form, spec }: { form: RecordForm; spec: FieldSpec }): ReactNode {
  const { name, label, hint, kind = 'text', required, placeholder } = spec
  const type = kind === 'switch' ? 'checkbox' : 'input'
  const shared = {
    label,
    description: hint,
    required,
    placeholder,
    ...form.getInputProps(key(name), { type }),
  }
  const choices = [...(spec.choices ?? [])]
  switch (kind) {
    case 'long':
      return <Textarea autosize minRows={2} maxRows={10} {...shared} />
    case 'json':
      return <Textarea autosize minRows={2} maxRows={14} classNames={{ input: 'mono' }} {...shared} />
    case 'number':
      return <NumberInput min={spec.min} max={spec.max} allowDecimal={false} {...shared} />
    case 'switch':
      return <Switch {...shared} required={false} />
    case 'choice':
      return <Select data={choices} allowDeselect={!required} {...shared} />
    case 'choices':
      return <MultiSelect data={choices} searchable clearable {...shared} />
    default:
      return <TextInput {...shared} />
  }
}

/** The form library takes dots for paths; names of the API have dots in them. */
export function key(name: string): string {
  return name.replaceAll('.', '__')
}

export function toFormValues(specs: readonly FieldSpec[], values: Values): Values {
  return Object.fromEntries(specs.map((spec) => [key(spec.name), values[spec.name] ?? emptyValue(spec)]))
}

/** The values that differ from those before, by the API's names. */
export function changedValues(specs: readonly FieldSpec[], before: Values, after: Values): Values {
  const changed: Values = {}
  for (const { name } of specs) {
    const value = after[key(name)]
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(before[key(name)]))
      changed[name] = value
  }
  return changed
}

export function validate(specs: readonly FieldSpec[], values: Values): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const { name, kind, label, required } of specs) {
    const value = values[key(name)]
    if (required && (value === '' || value === null)) faults[key(name)] = `${label} is needed`
    else if (kind === 'json' && value !== '' && !isJson(String(value))) faults[key(name)] = 'This is not JSON'
  }
  return faults
}

function emptyValue({ kind }: FieldSpec): Value {
  if (kind === 'switch') return false
  return kind === 'choices' ? [] : ''
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
