import type { ReportTable } from '@holdfast/report';
import type { ServiceDescription } from '../../review/description.ts';
import {
  type IncidentReport,
  investigateIncident,
  type TimelineEntry,
} from '../../review/incident/report.ts';
import type { Rehearsed } from '../../review/rehearsed.ts';

/** What the dashboards of a service show of each rehearsal that was run: one row for each series that has values there. */
export function dashboardTable(
  { dashboards }: ServiceDescription,
  made: readonly Rehearsed[],
): ReportTable[] {
  const rows = made.flatMap((run) =>
    Object.entries(dashboards).flatMap(([name, series]) => {
      const values = series(run).map(({ value }) => value);
      if (values.length === 0) return [];
      const shown = [Math.min(...values), Math.max(...values), values.at(-1) ?? 0].map((value) =>
        value.toFixed(2),
      );
      return [[name, run.name, String(values.length), ...shown]];
    }),
  );
  const head = ['series', 'rehearsal', 'points', 'least', 'largest', 'last'];
  return rows.length === 0 ? [] : [{ title: 'Dashboards', head, rows }];
}

/** Entries of a timeline that a report shows at most. */
const MOST_ENTRIES = 200;

/** The investigation of the rehearsed incident, step by step; nothing where none was run. */
export function incidentTables({ incident }: ServiceDescription, made: readonly Rehearsed[]): ReportTable[] {
  const run = made.find(({ name }) => name === 'incident');
  if (run === undefined) return [];
  const report = investigateIncident(
    { trace: run.trace, operations: run.history.operations },
    incident.sources,
  );
  return [timeline('Incident: timeline', report.timeline), logs(report), suspects(report), figures(report)]
    .concat([
      timeline('Incident: changes', report.changes),
      timeline('Incident: clocks and pauses', report.clocks),
      unknown(report),
    ])
    .filter(({ rows }) => rows.length > 0);
}

function ms(value: number | null): string {
  return value === null ? '?' : value.toFixed(1);
}

function timeline(title: string, entries: readonly TimelineEntry[]): ReportTable {
  const rows = entries
    .slice(0, MOST_ENTRIES)
    .map(({ atMs, wallMs, host, what }) => [ms(atMs), ms(wallMs), host, what]);
  return { title, head: ['monotonic, ms', 'wall clock, ms', 'host', 'what'], rows };
}

function logs({ logs: lines }: IncidentReport): ReportTable {
  const rows = lines
    .slice(0, MOST_ENTRIES)
    .map(({ eventMs, ingestedMs, host, what }) => [ms(eventMs), ms(ingestedMs), host, what]);
  return { title: 'Incident: logs', head: ['happened, ms', 'heard of, ms', 'host', 'what'], rows };
}

function suspects({ suspects: all }: IncidentReport): ReportTable {
  const rows = all.map(({ component, firstUs, unexplained, wrong }) => [
    component,
    Number.isFinite(firstUs) ? ms(firstUs / 1_000) : 'never by itself',
    String(unexplained),
    String(wrong),
  ]);
  const head = [
    'component',
    'first failed by itself, ms',
    'calls that nothing explains',
    'calls that went wrong',
  ];
  return { title: 'Incident: where it began', head, rows };
}

function figures({ components, load, retries }: IncidentReport): ReportTable {
  const rows = [...components, ...load].map(({ component, field, before, worst }) => {
    return [component, field, String(before), String(worst)];
  });
  if (retries > 0) rows.push(['callers', 'retries', '0', String(retries)]);
  return {
    title: 'Incident: components, retries, queues, lag',
    head: ['component', 'figure', 'before', 'furthest from it'],
    rows,
  };
}

function unknown({ unknown: ids }: IncidentReport): ReportTable {
  return {
    title: 'Incident: operations of unknown outcome',
    head: ['operation'],
    rows: ids.map((id) => [String(id)]),
  };
}
