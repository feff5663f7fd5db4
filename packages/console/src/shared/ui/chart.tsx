import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './chart.module.css';

/** One value per point; null where there is none. */
export interface Series {
  name: string;
  tone: 'accent' | 'success' | 'danger' | 'soft';
  values: readonly (number | null)[];
}

export interface ChartProps {
  title: string;
  /** Names of the points, for the axis and for the table. */
  labels: readonly string[];
  series: readonly Series[];
  kind: 'bars' | 'lines';
  format: (value: number) => string;
}

const WIDTH = 480;
const HEIGHT = 120;

/** A chart of hours: bars stand on each other, lines do not. The same as a table is one click away. */
export function Chart({ title, labels, series, kind, format }: ChartProps): ReactNode {
  const { t } = useTranslation();
  const titleId = useId();
  const top = topOf(series, kind);
  return (
    <figure className={classes['root']} aria-labelledby={titleId}>
      <figcaption className={classes['head']}>
        <span className={classes['title']} id={titleId}>
          {title}
        </span>
        <span className={classes['legend']}>
          {series.map(({ name, tone }) => (
            <span className={classes['key']} data-tone={tone} key={name}>
              {name}
            </span>
          ))}
        </span>
      </figcaption>
      <div className={classes['plot']}>
        <span className={classes['top']}>{top === 0 ? t('chart.nothing') : format(top)}</span>
        <svg
          className={classes['svg']}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          {kind === 'bars' ? (
            <Bars series={series} top={top} labels={labels} format={format} />
          ) : (
            <Lines series={series} top={top} />
          )}
        </svg>
      </div>
      <div className={classes['axis']} aria-hidden>
        <span>{labels.at(0)}</span>
        <span>{labels.at(-1)}</span>
      </div>
      <ChartTable title={title} labels={labels} series={series} format={format} />
    </figure>
  );
}

/** The highest value that is drawn. */
export function topOf(series: readonly Series[], kind: ChartProps['kind']): number {
  const count = series[0]?.values.length ?? 0;
  const heights = Array.from({ length: count }, (_, index) => {
    const values = series.map(({ values: own }) => own[index] ?? 0);
    return kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
  return Math.max(0, ...heights);
}

type PlotProps = Pick<ChartProps, 'series'> & { top: number };

function Bars({ series, top, labels, format }: PlotProps & Pick<ChartProps, 'labels' | 'format'>): ReactNode {
  const step = WIDTH / Math.max(1, labels.length);
  return labels.map((label, index) => {
    let base = HEIGHT;
    return (
      <g key={label}>
        {series.map(({ name, tone, values }) => {
          const value = values[index] ?? 0;
          const height = top === 0 ? 0 : (value / top) * HEIGHT;
          base -= height;
          return (
            <rect
              key={name}
              data-tone={tone}
              x={index * step + step * 0.15}
              width={step * 0.7}
              y={base}
              height={height}
            >
              <title>{`${label}: ${name} ${format(value)}`}</title>
            </rect>
          );
        })}
      </g>
    );
  });
}

function Lines({ series, top }: PlotProps): ReactNode {
  return series.map(({ name, tone, values }) => {
    const step = WIDTH / Math.max(1, values.length - 1);
    const points = values.map((value, index) =>
      value === null || top === 0 ? null : ([index * step, HEIGHT - (value / top) * (HEIGHT - 4)] as const),
    );
    return (
      <g key={name} data-tone={tone} className={classes['line']}>
        <path d={toPath(points)} />
        {points.map((point, index) =>
          point === null ? null : (
            <path key={index} data-dot d={`M${point[0].toFixed(1)} ${point[1].toFixed(1)}h0`} />
          ),
        )}
      </g>
    );
  });
}

/** A gap in the values is a gap in the line. */
export function toPath(points: readonly (readonly [x: number, y: number] | null)[]): string {
  return points
    .map((point, index) => {
      if (point === null) return '';
      const isStart = index === 0 || points[index - 1] === null;
      return `${isStart ? 'M' : 'L'}${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    })
    .join('');
}

function ChartTable({ title, labels, series, format }: Omit<ChartProps, 'kind'>): ReactNode {
  const { t } = useTranslation();
  return (
    <details className={classes['details']}>
      <summary>{t('chart.asTable')}</summary>
      <div className={classes['scroll']} tabIndex={0} role="region" aria-label={title}>
        <table className={classes['table']}>
          <thead>
            <tr>
              <th scope="col">{t('chart.time')}</th>
              {series.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, index) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map(({ name, values }) => {
                  const value = values[index] ?? null;
                  return <td key={name}>{value === null ? '–' : format(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
