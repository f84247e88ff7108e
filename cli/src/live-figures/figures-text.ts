import type { Colours } from '../output/colours.ts';
import { timeText } from '../output/node-text.ts';
import { type Column, tableHead, tableRow } from '../output/table.ts';
import { countText } from '../quantities.ts';
import type { MemberFigures, Rate } from './figures.ts';

/** Kinds of requests that are shown, those that come most often. */
const MOST_KINDS = 8;

const columns: readonly Column[] = [
  { title: 'ID', width: 3, align: 'right' },
  { title: 'ROLE', width: 10, align: 'left' },
  { title: 'OPS/S', width: 9, align: 'right' },
  { title: 'P50', width: 8, align: 'right' },
  { title: 'P99', width: 8, align: 'right' },
  { title: 'WAITING', width: 7, align: 'right' },
  { title: 'SYNC P99', width: 8, align: 'right' },
  { title: 'LOOP P99', width: 8, align: 'right' },
  { title: 'SESSIONS', width: 8, align: 'right' },
  { title: 'CONNS', width: 6, align: 'right' },
];

const kindColumns: readonly Column[] = [
  { title: 'ID', width: 3, align: 'right' },
  { title: 'KIND', width: 18, align: 'left' },
  { title: 'OPS/S', width: 9, align: 'right' },
  { title: 'P50', width: 8, align: 'right' },
  { title: 'P99', width: 8, align: 'right' },
];

/** What all members did in an interval, line by line. */
export function figuresLines(figures: readonly MemberFigures[], colours: Colours, nowMs: number): string[] {
  const kinds = figures
    .flatMap(({ serverId, kinds }) => [...kinds].map(([kind, rate]) => ({ serverId, kind, rate })))
    .sort((a, b) => b.rate.perSecond - a.rate.perSecond)
    .slice(0, MOST_KINDS);
  return [
    colours.dim(timeText(nowMs)),
    colours.dim(tableHead(columns)),
    ...figures.map((each) => tableRow(columns, cellsOf(each))),
    ...(kinds.length === 0 ? [] : ['', colours.dim(tableHead(kindColumns))]),
    ...kinds.map(({ serverId, kind, rate }) =>
      tableRow(kindColumns, [numberText(serverId), kind, ...rateCells(rate)]),
    ),
  ];
}

function cellsOf(figures: MemberFigures): string[] {
  return [
    numberText(figures.serverId),
    figures.role,
    ...rateCells(figures.all),
    numberText(figures.outstanding),
    secondsText(figures.syncP99),
    secondsText(figures.eventLoopDelayP99),
    numberText(figures.sessions),
    numberText(figures.connections),
  ];
}

function rateCells({ perSecond, p50, p99 }: Rate): string[] {
  return [countText(Math.round(perSecond)), secondsText(p50), secondsText(p99)];
}

function numberText(value: number | undefined): string {
  return value === undefined ? '-' : countText(value);
}

/** As in `0.25 ms`, `12 ms`, `1.2 s`. */
export function secondsText(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const ms = seconds * 1000;
  if (ms >= 1000) return `${seconds.toFixed(1)} s`;
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(2)} ms`;
}

/** For programs. */
export function figuresJson(figures: MemberFigures): unknown {
  return {
    id: figures.serverId ?? null,
    role: figures.role,
    ...rateJson(figures.all),
    kinds: Object.fromEntries([...figures.kinds].map(([kind, rate]) => [kind, rateJson(rate)])),
    outstanding: figures.outstanding ?? null,
    syncP99Ms: msOf(figures.syncP99),
    eventLoopDelayP99Ms: msOf(figures.eventLoopDelayP99),
    sessions: figures.sessions ?? null,
    connections: figures.connections ?? null,
  };
}

function rateJson({ perSecond, p50, p99 }: Rate): Record<string, number | null> {
  return { opsPerSecond: Math.round(perSecond * 10) / 10, p50Ms: msOf(p50), p99Ms: msOf(p99) };
}

function msOf(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 1e6) / 1e3;
}
