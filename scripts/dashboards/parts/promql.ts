/**
 * Events a minute out of a counter, exactly: `rate` would not see the first event of a series, because the series begins with it, and
 * most containers have few. The counters of the exporter survive restarts, so the plain difference will do; it has no value before
 * Prometheus watched the exporter.
 * @param sum an aggregation: `sum` or `sum by (severity)`
 */
export const perMinute = (sum: string, counter: string): string => `${since(sum, counter, '$__rate_interval')} * 60000 / $__rate_interval_ms`;

const since = (sum: string, counter: string, window: string): string =>
  `(clamp_min(${sum} (${counter}) - (${sum} (${counter} offset ${window}) or ${sum} (${counter}) * 0), 0) and on () (max(hemostat_build_info offset ${window})))`;

/** Events in the time range; where Prometheus watched for a part of it only, in that part. @param counter with its filter */
export const inRange = (counter: string): string =>
  zeroWhileAlive(`${since('sum', counter, '$__range')} or (sum(${counter}) - min_over_time(sum(${counter})[$__range:1m]))`);

/** Share of what was counted in a window, 0..1; 0 where nothing was. @param some and `all`: counters with their filters, whole numbers */
export const shareOf = (some: string, all: string, window: string): string => zeroWhileAlive(`${since('sum', some, window)} / clamp_min(${since('sum', all, window)}, 1)`);

/** Zero in place of nothing, as long as the exporter itself is scraped: silence of the fleet is not silence of the metrics. */
export const zeroWhileAlive = (expr: string): string => `${expr} or on () max(hemostat_build_info) * 0`;

/** The choices on top, for series of a container as it is now. */
export const OF_CONTAINER = '{host=~"$host", project=~"$project", container_name=~"$container"}';
/** The same for what is counted out of events, which know no project. */
export const OF_EVENTS = '{host=~"$host", container_name=~"$container"}';
/** A container as everywhere else in HemoStat: host and name. */
export const CONTAINER_LEGEND = '{{host}}/{{container_name}}';
/** One series a container, also when it was made anew meanwhile: each making has an id, and with it series, of its own. */
export const byContainer = (expr: string): string => `max by (host, container_name) (${expr})`;
