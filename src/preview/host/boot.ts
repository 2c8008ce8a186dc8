import type { AppPluginMeta, BootData } from '@grafana/data';
import { config } from '@grafana/runtime';

/** What the preview's server adds to what Grafana's would give. */
interface PreviewBoot extends BootData {
  preview: { app: AppPluginMeta };
}

export const boot = config.bootData as PreviewBoot;

/** Cookies that the server reads, by what they choose; scripts/preview/visitor.ts has the same names. */
const COOKIES = { role: 'hemostat_preview_role', theme: 'hemostat_preview_theme', zone: 'hemostat_preview_zone' } as const;

/** Takes a choice and draws the page anew: Grafana reads these things when it starts. */
export function choose(what: keyof typeof COOKIES, value: string): void {
  document.cookie = `${COOKIES[what]}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=strict`;
  window.location.reload();
}
