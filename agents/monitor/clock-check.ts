import type { EngineInfo } from '../docker/engine';
import type { TroubleBoard } from '../runtime/trouble';

/** Beyond this, ages and waiting times that mix both clocks are plainly wrong. */
const SKEW_MS = 30_000;

/** Tells in log and status when our clock and the engine's are far apart, as after a jump of one of them. */
export function checkClock(trouble: Pick<TroubleBoard, 'report' | 'clear'>, { systemTime }: Pick<EngineInfo, 'systemTime'>, now: number): void {
  const ahead = systemTime - now;
  if (Math.abs(ahead) <= SKEW_MS) {
    trouble.clear('clock');
    return;
  }
  const far = `${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
  trouble.report('clock', `The clock of the Docker engine is ${far} ours: ages, grace times and cooldowns are wrong until they agree.`, 'Set both clocks by NTP (timedatectl set-ntp true on both machines).');
}
