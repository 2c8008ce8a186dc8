import { ask, splitLogin } from '../../runtime/http';
import type { SettingsOf } from '../../runtime/settings/define';
import type { observerSettings } from '../../runtime/settings/observer';
import type { storeSettings } from '../../runtime/settings/telemetry';
import type { Finding } from './component';

/** A server beside HemoStat that says over HTTP whether it is ready. */
export interface WebPart {
  name: string;
  kind: Finding['kind'];
  /** As a person calls it. */
  title: string;
  /** May carry user:password@. */
  url: string;
  path: string;
  /** The variable that its address comes from. */
  variable: string;
}

type Addresses = Pick<SettingsOf<typeof observerSettings>, 'prometheusUrl' | 'alertmanagerUrl' | 'grafanaUrl' | 'grafanaUrlOfAll'> & SettingsOf<typeof storeSettings>;

/** More than any of them says of itself. */
const MAX_BYTES = 1_000_000;

/** Jaeger answers on its own page; Tempo and Loki have a path for it. */
const isJaeger = (url: string) => /jaeger|:16686(\/|$)/i.test(url);

/** The servers whose address is set. */
export function webParts(settings: Addresses): WebPart[] {
  const grafana = settings.grafanaUrl || settings.grafanaUrlOfAll;
  const parts: WebPart[] = [
    { name: 'prometheus', kind: 'prometheus', title: 'Prometheus', url: settings.prometheusUrl, path: '/-/ready', variable: 'HEMOSTAT_PROMETHEUS_URL' },
    { name: 'alertmanager', kind: 'alertmanager', title: 'Alertmanager', url: settings.alertmanagerUrl, path: '/-/ready', variable: 'HEMOSTAT_ALERTMANAGER_URL' },
    { name: 'grafana', kind: 'grafana', title: 'Grafana', url: grafana, path: '/api/health', variable: settings.grafanaUrl ? 'HEMOSTAT_GRAFANA_URL' : 'GRAFANA_URL' },
    { name: 'log store', kind: 'store', title: 'Loki', url: settings.logStoreUrl, path: '/ready', variable: 'LOG_STORE_URL' },
    isJaeger(settings.traceStoreUrl)
      ? { name: 'trace store', kind: 'store', title: 'Jaeger', url: settings.traceStoreUrl, path: '/', variable: 'TRACE_STORE_URL' }
      : { name: 'trace store', kind: 'store', title: 'Tempo', url: settings.traceStoreUrl, path: '/ready', variable: 'TRACE_STORE_URL' },
    // The same server twice would count twice in every figure.
    { name: 'metrics store', kind: 'store', title: 'Prometheus', url: settings.metricsStoreUrl === settings.prometheusUrl ? '' : settings.metricsStoreUrl, path: '/-/ready', variable: 'METRICS_STORE_URL' },
  ];
  return parts.filter((part) => part.url !== '');
}

/** Asks one server. An address with a login is told without it. @throws only the reason of the signal */
export async function probeWeb(part: WebPart, timeoutMs: number, signal: AbortSignal): Promise<Finding> {
  const { name, kind, title } = part;
  const { base, headers } = splitLogin(part.url);
  const began = performance.now();
  const answer = await ask(`${base}${part.path}`, { headers, timeoutMs, signal, maxBytes: MAX_BYTES });
  const ms = performance.now() - began;
  const ill = (error: string): Finding => ({ name, kind, status: 'unhealthy', error, mend: `See that ${title} runs there, or set ${part.variable} to where it is.` });
  switch (answer.kind) {
    case 'answered':
      // Behind a sign-in or a redirection it lives; it just does not tell us more.
      return answer.status < 500 && answer.status !== 404 ? { name, kind, status: 'healthy', ms } : { ...ill(`${title} at ${base} answers ${answer.status}.`), ms };
    case 'too_long':
      return { name, kind, status: 'healthy', ms };
    case 'timeout':
      return ill(`${title} at ${base} does not answer within ${timeoutMs / 1000} s.`);
    case 'unreachable':
      return ill(`${title} at ${base} cannot be reached: ${answer.why}.`);
  }
}
