import { readFile } from 'node:fs/promises';
import type { Logger } from '../../runtime/logger';
import type { TroubleBoard } from '../../runtime/trouble';
import { errorText } from '../../runtime/errors';
import { problemLines, readConfig } from './read-config';
import { OWN_ERROR_RATES, dashboardSchema, type UpdaterConfig } from './schema';

const MAX_BYTES = 2_000_000;

/** Without a file: HemoStat looks at itself. */
export const DEFAULT_CONFIG: UpdaterConfig = {
  dashboards: [
    dashboardSchema.parse({
      id: 'hemostat',
      type: 'anomaly_detection',
      metrics: [
        { source: 'hemostat', figure: 'health_alert', name: 'health alerts' },
        { source: 'hemostat', figure: 'remediation_complete', name: 'remediations' },
      ],
      time_range: '12h',
      refresh_minutes: 15,
    }),
  ],
  errorRates: OWN_ERROR_RATES,
};

/** The configuration in force: the last one that could be read. It is read anew when the file changes. */
export class ConfigFile {
  current: UpdaterConfig = DEFAULT_CONFIG;
  private last: string | undefined;

  constructor(
    private readonly file: string,
    private readonly trouble: TroubleBoard,
    private readonly logger: Logger
  ) {}

  /** Never throws; what is wrong is told as trouble, with its line. */
  async refresh(): Promise<void> {
    const text = await this.read();
    if (text === undefined || text === this.last) {
      return;
    }
    this.last = text;
    const read = readConfig(text);
    if (!read.ok) {
      this.complain(problemLines(this.file, read.problems), 'Mend it; until then the last good configuration stays in force.');
      return;
    }
    this.current = read.config;
    this.trouble.clear('configuration');
    this.logger.info({ file: this.file, dashboards: read.config.dashboards.length, error_rates: read.config.errorRates.length }, 'the configuration of dashboards was read');
    if (read.warnings.length > 0) {
      this.complain(problemLines(this.file, read.warnings), 'Mend these entries; the others are carried out.');
    }
  }

  private async read(): Promise<string | undefined> {
    try {
      const text = await readFile(this.file, 'utf8');
      if (text.length > MAX_BYTES) {
        this.complain(`${this.file} is larger than ${MAX_BYTES} bytes.`, 'Split it over several updaters.');
        return undefined;
      }
      return text;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.complain(`${this.file} cannot be read: ${errorText(cause)}`, 'Give the updater the right to read it.');
      } else if (this.last !== undefined) {
        this.complain(`${this.file} is gone.`, 'Put it back; until then what it said stays in force.');
        this.last = undefined;
      }
      return undefined;
    }
  }

  private complain(message: string, mend: string): void {
    this.trouble.report('configuration', message, mend);
  }
}
