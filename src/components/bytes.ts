function scaled(value: number, base: number, units: readonly string[]): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log(Math.max(1, Math.abs(value))) / Math.log(base) + 1e-9)));
  const figure = value / base ** step;
  return `${figure.toFixed(step > 0 && Math.abs(figure) < 99.5 ? 1 : 0).replace(/\.0$/, '')} ${units[step]}`;
}

const isKnown = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** Memory, in the units in which limits are given: `512 B`, `96 MiB`; `–` when it is not known. */
export const bytesText = (bytes: number | undefined): string => (isKnown(bytes) ? scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']) : '–');

/** `1.5 MB/s`; `–` when it is not known. @param perSecond bytes a second */
export const rateText = (perSecond: number | undefined): string => (isKnown(perSecond) ? scaled(perSecond, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s']) : '–');
