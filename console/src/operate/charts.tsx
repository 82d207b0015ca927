import { Card, Group, SimpleGrid, Text, Title, useComputedColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { Area, AreaChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Sample } from '../api/types.ts'

type Line = { name: string; value(sample: Sample): number | null }
type Chart = { title: string; unit: string; digits: number; lines: readonly Line[] }

const CHARTS: readonly Chart[] = [
  {
    title: 'Connections',
    unit: '',
    digits: 0,
    lines: [{ name: 'open sockets', value: ({ connections }) => connections }],
  },
  {
    title: 'Messages',
    unit: '/s',
    digits: 1,
    lines: [{ name: 'sent', value: (sample) => sample.messages_per_second }],
  },
  {
    title: 'Latency',
    unit: ' ms',
    digits: 1,
    lines: [
      { name: '95 of 100 within', value: ({ p95_ms }) => p95_ms },
      { name: 'half within', value: ({ p50_ms }) => p50_ms },
    ],
  },
  {
    title: 'Webhooks that wait',
    unit: '',
    digits: 0,
    lines: [{ name: 'waiting', value: ({ queue_depth }) => queue_depth }],
  },
  {
    title: 'Requests',
    unit: '/s',
    digits: 1,
    lines: [{ name: 'answered', value: (sample) => sample.requests_per_second }],
  },
  {
    title: 'Memory',
    unit: ' MB',
    digits: 0,
    lines: [{ name: 'in use', value: ({ memory_bytes }) => memory_bytes / 1e6 }],
  },
]

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

export function Charts({ samples }: { samples: readonly Sample[] }): ReactNode {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {CHARTS.map((chart) => (
        <Panel key={chart.title} chart={chart} samples={samples} />
      ))}
    </SimpleGrid>
  )
}

function Panel({ chart, samples }: { chart: Chart; samples: readonly Sample[] }): ReactNode {
  const { title, unit, digits, lines } = chart
  const show = (value: unknown): string =>
    `${Number(value).toLocaleString(undefined, { maximumFractionDigits: digits })}${unit}`
  const last = samples.at(-1)
  const now = last && lines[0]?.value(last)
  return (
    <Card withBorder padding="sm" component="section" aria-label={title}>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{title}</Title>
        <Text size="sm" fw={600}>
          {now === null || now === undefined ? '–' : show(now)}
        </Text>
      </Group>
      {lines.length > 1 && <Legend lines={lines} />}
      <Plot lines={lines} samples={samples} show={show} />
    </Card>
  )
}

function Legend({ lines }: { lines: readonly Line[] }): ReactNode {
  const { colors } = useColors()
  return (
    <Group gap="sm">
      {lines.map(({ name }, i) => (
        <Text key={name} size="xs" c={colors[i]}>
          {name}
        </Text>
      ))}
    </Group>
  )
}

function useColors() {
  const isDark = useComputedColorScheme('light') === 'dark'
  return isDark
    ? { colors: ['#91a7ff', '#63e6be'], quiet: '#a3a8b0', grid: '#373a40', paper: '#25262b' }
    : { colors: ['#3b5bdb', '#087f5b'], quiet: '#5c636a', grid: '#e9ecef', paper: '#fff' }
}

type PlotProps = { lines: readonly Line[]; samples: readonly Sample[]; show(value: unknown): string }

function Plot({ lines, samples, show }: PlotProps): ReactNode {
  const { colors, quiet, grid, paper } = useColors()
  const data = samples.map((sample) => ({
    at: TIME.format(new Date(sample.date)),
    ...Object.fromEntries(lines.map(({ name, value }) => [name, value(sample)])),
  }))
  return (
    <ResponsiveContainer width="100%" height={150}>
      <AreaChart data={data} margin={{ top: 4, right: 0, bottom: 0, left: 0 }}>
        <CartesianGrid vertical={false} stroke={grid} />
        <XAxis
          dataKey="at"
          tick={{ fontSize: 11, fill: quiet }}
          minTickGap={60}
          tickLine={false}
          axisLine={false}
        />
        <YAxis
          width={44}
          tick={{ fontSize: 11, fill: quiet }}
          tickLine={false}
          axisLine={false}
          allowDecimals={false}
        />
        <Tooltip
          formatter={show}
          contentStyle={{
            background: paper,
            border: `1px solid ${quiet}`,
            fontSize: 12,
          }}
        />
        {lines.map(({ name }, i) => (
          <Area
            key={name}
            dataKey={name}
            stroke={colors[i]}
            fill={colors[i]}
            fillOpacity={0.12}
            isAnimationActive={false}
            connectNulls
            dot={false}
          />
        ))}
      </AreaChart>
    </ResponsiveContainer>
  )
}
