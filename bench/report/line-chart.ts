export interface ChartPoint {
  readonly x: number
  readonly y: number
  /** Where measurements differed: from and to. */
  readonly range?: readonly [number, number]
}

export interface ChartSeries {
  readonly name: string
  readonly colour: string
  readonly isDashed: boolean
  readonly points: readonly ChartPoint[]
}

export interface LineChart {
  readonly title: string
  readonly xTitle: string
  readonly yTitle: string
  /** Least distance of two upright lines of the grid. */
  readonly xStepMin?: number
  readonly series: readonly ChartSeries[]
}

const WIDTH = 860
const HEIGHT = 480
const PLOT = { left: 70, right: 620, top: 50, bottom: 420 } as const
const TICKS_MAX = 8

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Tenths are enough for the eye, and the same on every machine. */
const at = (value: number): string => value.toFixed(1)

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${at(x)}" y="${at(y)}"${more === '' ? '' : ` ${more}`}>${escaped(content)}</text>`

const line = (x1: number, y1: number, x2: number, y2: number, more: string): string =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" ${more}/>`

/** The least of 1, 2 and 5 times a power of ten that divides the range into few enough parts. */
const stepFor = (max: number): number => {
  const rough = max / TICKS_MAX
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
}

/** Equal steps from 0. */
const xScale = (values: readonly number[], stepMin: number) => {
  const step = Math.max(stepMin, stepFor(Math.max(...values)))
  const count = Math.max(1, Math.ceil(Math.max(...values) / step))
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step)
  const place = (value: number): number => PLOT.left + ((PLOT.right - PLOT.left) * value) / (step * count)
  return { ticks, place }
}

/** Logarithmic, from one of 1, 2 and 5 times a power of ten to another. */
const yScale = (values: readonly number[]) => {
  const steps = Array.from({ length: 19 }, (_, index) =>
    [1, 2, 5].map((each) => each * 10 ** (index - 9)),
  ).flat()
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const ticks = steps.filter(
    (_, index) => (steps[index + 1] ?? Number.POSITIVE_INFINITY) >= least && (steps[index - 1] ?? 0) <= most,
  )
  const [first = 1, last = 10] = [ticks[0], ticks.at(-1)]
  const height = PLOT.bottom - PLOT.top
  const place = (value: number): number =>
    PLOT.bottom - (height * Math.log(value / first)) / Math.log(last / first)
  return { ticks, place }
}

type Place = (value: number) => number

const drawSeries = ({ colour, isDashed, points }: ChartSeries, x: Place, y: Place): readonly string[] => {
  const stroke = `stroke="${colour}" stroke-width="2"${isDashed ? ' stroke-dasharray="6 4"' : ''}`
  const path = points.map((point) => `${at(x(point.x))},${at(y(point.y))}`).join(' ')
  const ranges = points.flatMap((point) => {
    if (point.range === undefined) return []
    const [from, to] = point.range
    return line(x(point.x), y(from), x(point.x), y(to), `stroke="${colour}" stroke-width="1"`)
  })
  const dots = points.map(
    (point) => `<circle cx="${at(x(point.x))}" cy="${at(y(point.y))}" r="3" fill="${colour}"/>`,
  )
  return [`<polyline points="${path}" fill="none" ${stroke}/>`, ...ranges, ...dots]
}

const legend = (series: readonly ChartSeries[]): readonly string[] =>
  series.flatMap(({ name, colour, isDashed }, index) => {
    const y = PLOT.top + 10 + index * 22
    const dash = isDashed ? ' stroke-dasharray="6 4"' : ''
    const from = PLOT.right + 20
    return [
      line(from, y, from + 28, y, `stroke="${colour}" stroke-width="2"${dash}`),
      text(from + 36, y + 4, name),
    ]
  })

/** A chart of lines over a linear x and a logarithmic y, as one SVG document; points have numbers above 0. */
export const lineChart = ({ title, xTitle, yTitle, xStepMin = 0, series }: LineChart): string => {
  const points = series.flatMap((each) => each.points)
  const x = xScale(
    points.map((point) => point.x),
    xStepMin,
  )
  const y = yScale(points.flatMap((point) => [point.y, ...(point.range ?? [])]))
  const grid = 'stroke="#dddddd" stroke-width="1"'
  const middle = (PLOT.left + PLOT.right) / 2
  const centre = (PLOT.top + PLOT.bottom) / 2
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#222222">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 28, title, 'font-size="16"'),
    ...x.ticks.map((tick) => line(x.place(tick), PLOT.top, x.place(tick), PLOT.bottom, grid)),
    ...y.ticks.map((tick) => line(PLOT.left, y.place(tick), PLOT.right, y.place(tick), grid)),
    ...x.ticks.map((tick) =>
      text(x.place(tick), PLOT.bottom + 18, tick.toLocaleString('en'), 'text-anchor="middle"'),
    ),
    ...y.ticks.map((tick) =>
      text(PLOT.left - 8, y.place(tick) + 4, tick.toLocaleString('en'), 'text-anchor="end"'),
    ),
    text(middle, PLOT.bottom + 42, xTitle, 'text-anchor="middle"'),
    text(0, 0, yTitle, `text-anchor="middle" transform="translate(20 ${at(centre)}) rotate(-90)"`),
    ...series.flatMap((each) => drawSeries(each, x.place, y.place)),
    ...legend(series),
    '</svg>',
    '',
  ].join('\n')
}
