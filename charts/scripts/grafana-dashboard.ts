/** The dashboard as Grafana reads it, from the table of its panels. Pure. */
import { type Panel, ROWS, type Row } from './dashboard-panels.ts';

/** Of Grafana's grid. */
const GRID_WIDTH = 24;
const HEIGHT = { row: 1, stat: 4, timeseries: 8 } as const;
/** What Grafana 10.4 writes; newer ones bring it up to date. */
const SCHEMA_VERSION = 39;

const MEMBERS = 'namespace="$namespace",ensemble="$ensemble"';
const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

export function grafanaDashboard(): string {
  const dashboard = {
    uid: 'rookery',
    title: 'Rookery',
    description: 'One ensemble, and the operator. Made from charts/scripts/dashboard-panels.ts.',
    tags: ['rookery'],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: variables() },
    panels: laidOut(ROWS),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function variables(): readonly object[] {
  return [
    { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
    chosen('namespace', 'Namespace', 'label_values(rookery_info, namespace)'),
    chosen('ensemble', 'Ensemble', 'label_values(rookery_info{namespace="$namespace"}, ensemble)'),
  ];
}

/** One whose values Prometheus knows; looked up again whenever the time range changes. */
function chosen(name: string, label: string, query: string): object {
  const refresh = 2;
  return { name, label, type: 'query', datasource: DATASOURCE, query, definition: query, refresh, sort: 1 };
}

function laidOut(rows: readonly Row[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  const add = (panel: object): number => panels.push({ id: panels.length + 1, ...panel });
  for (const row of rows) {
    add({
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: GRID_WIDTH, h: HEIGHT.row },
    });
    y += HEIGHT.row;
    const w = GRID_WIDTH / row.panels.length;
    for (const [place, panel] of row.panels.entries())
      add({ ...drawn(panel), gridPos: { x: place * w, y, w, h: HEIGHT[panel.kind] } });
    y += Math.max(...row.panels.map(({ kind }) => HEIGHT[kind]));
  }
  return panels;
}

function drawn({ title, description, unit, kind, queries }: Panel): object {
  return {
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(({ expr, legend }, place) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + place),
      datasource: DATASOURCE,
      expr: expr.replaceAll('$m', MEMBERS),
      legendFormat: legend,
    })),
  };
}
