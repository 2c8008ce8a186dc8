import { seededRandom } from '../../scripts/demo-fleet/random';
import { acts, asksForApproval, fails, helps, isAnswered, isLeftToAPerson, isObserved, isOfNoUse, isRefused, recoversAlone } from './recorded-day-endings';
import { memberOf, MEMBERS } from './recorded-day-fleet';
import type { IllnessName } from './recorded-day-illnesses';
import { Tale, type Refusal } from './recorded-day-tale';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const REFUSALS: readonly Refusal[] = [
  { guard: 'cooldown', limit: '3600 s', measured: '2880 s', freeInMs: 12 * MINUTE, reason: 'The last action (restart) was 2880 s ago; the cooldown of 3600 s is not over.' },
  { guard: 'circuit_breaker', limit: '3 in 3600 s', measured: '3', freeInMs: 31 * MINUTE, reason: '3 actions on it failed or did not help within 3600 s; acting again would not either.' },
  { guard: 'attempts_per_hour', limit: '3 an hour', measured: '3', freeInMs: 22 * MINUTE, reason: 'It was acted on 3 times within the last hour, and 3 is the limit.' },
  { guard: 'blast_radius_project', limit: '5 containers an hour in the project shop', measured: '5 touched within the hour, 1 planned', freeInMs: 17 * MINUTE, reason: '5 other containers were touched within the last hour and this plan touches 1; the limit is 5 containers an hour in the project shop.' },
  { guard: 'min_confidence', limit: '0.7', measured: '0.6', reason: 'The analysis is not sure enough: 0.6, and 0.7 is needed.' },
  { guard: 'opt_out', reason: 'The label hemostat.enable=false says that it is to be left alone.' },
  { guard: 'maintenance', reason: 'The maintenance window nightly update is open; nothing is done meanwhile.', freeInMs: 40 * MINUTE },
  { guard: 'manual_stop', limit: '30 s', reason: 'A person stopped or started it by hand; it is left alone for 30 s after that.', freeInMs: 22 * SECOND },
  { guard: 'start_grace', limit: '10 s', measured: '4 s', reason: 'It started 4 s ago; it is given 10 s to get going.', freeInMs: 6 * SECOND },
  { guard: 'paused', reason: 'rosa has paused the healer (change of the storage network); it acts again after a resume.' },
];

const refusalBy = (guard: Refusal['guard']): Refusal => REFUSALS.find((one) => one.guard === guard) ?? { guard, reason: 'Refused.' };

/** What is open now, by the name under which tests find it. @param now milliseconds */
export function openTales(now: number): Tale[] {
  const tale = (name: string, container: string, ago: number, illness: IllnessName) => new Tale(name, memberOf(container), now - ago, illness).alert();

  const waiting = tale('waiting for approval', 'shop-api-1', 2 * MINUTE, 'oom').notice(300, 'ill');
  waiting.needs(700, { confidence: 0.91 });
  asksForApproval(waiting, 900, ['rack-1/shop-web-1']);

  const cooling = tale('refused by cooldown', 'shop-db-1', 5 * MINUTE, 'unhealthy').notice(250, 'ill');
  cooling.needs(3100, { model_calls: [cooling.asks(400, 2.6)] });
  isRefused(cooling, 3120, { ...refusalBy('cooldown'), freeInMs: 17 * MINUTE });
  cooling.alert(2 * MINUTE).needs(2 * MINUTE + 900);
  isRefused(cooling, 2 * MINUTE + 920, { ...refusalBy('cooldown'), measured: '2700 s', freeInMs: 15 * MINUTE });

  const useless = tale('did not help', 'queue-worker-3', 9 * MINUTE, 'cpu').notice(250, 'ill').needs(600);
  isOfNoUse(useless, 640, 'no_change');

  const loop = tale('left to a person', 'media-transcode-2', 26 * MINUTE, 'loop').notice(250, 'ill').needs(500);
  isLeftToAPerson(loop, 520);
  loop.command(4 * MINUTE, { command: 'acknowledge', user: 'omar', reason: 'I am on it' });
  loop.command(7 * MINUTE, { command: 'comment', user: 'omar', text: 'The preset was renamed in 6.1; the file on rack-2 still has the old name.' });

  const silenced = tale('silenced', 'media-thumbs-1', 48 * MINUTE, 'memory').notice(250, 'ill').needs(700);
  isRefused(silenced, 730, { ...refusalBy('maintenance'), freeInMs: 90 * MINUTE });
  silenced.command(6 * MINUTE, { command: 'silence', user: 'rosa', reason: 'known since the update', until: new Date(now + 3 * HOUR).toISOString() });

  const failed = tale('action failed', 'intranet-chat-1', 71 * MINUTE, 'unhealthy').notice(250, 'ill').needs(500);
  fails(failed, 540, 'Docker: cannot stop container: tried to kill container, but did not receive an exit event');

  const watched = tale('only watched', 'lab-notebook', 95 * MINUTE, 'crash').notice(250, 'ill').needs(500);
  isObserved(watched, 510);

  const verifying = tale('being verified', 'shop-search-2', 14 * SECOND, 'memory').notice(250, 'ill').needs(900);
  acts(verifying, 950);

  const fresh = tale('being analysed', 'queue-worker-5', 2 * SECOND, 'unhealthy');
  fresh.asks(300);
  return [waiting, cooling, useless, loop, silenced, failed, watched, verifying, fresh];
}

type Ending = (tale: Tale, pick: number) => void;

/** How an incident of the day went, and how often. */
const ENDINGS: ReadonlyArray<{ often: number; illnesses: IllnessName[]; end: Ending }> = [
  { often: 14, illnesses: ['unhealthy', 'crash', 'oom', 'network'], end: (tale, pick) => helps(tale.needs(420), 460, { took: 180 + Math.round(pick * 900) }) },
  { often: 4, illnesses: ['memory', 'cpu'], end: (tale) => helps(tale.needs(3300, { model_calls: [tale.asks(500)] }), 3350) },
  { often: 4, illnesses: ['spike'], end: (tale) => tale.falseAlarm(400) },
  { often: 2, illnesses: ['cpu'], end: (tale) => tale.falseAlarm(3100, { model_calls: [tale.asks(400)], analysis_method: 'ai', rule: undefined, confidence: 0.82, reason: 'A nightly job of 48 s; it ends by itself.', root_cause: 'A nightly job.' }) },
  { often: 3, illnesses: ['unhealthy', 'cpu'], end: (tale, pick) => recoversAlone(tale, 9000 + Math.round(pick * 40_000)) },
  { often: 2, illnesses: ['memory'], end: (tale) => recoversAlone(isOfNoUse(tale.needs(20_400, { model_calls: [tale.asks(400, 20, 'timeout')], fallback: 'no answer within 20 s' }), 20_500, 'no_change'), 14 * MINUTE) },
  { often: 1, illnesses: ['unhealthy'], end: (tale) => recoversAlone(isOfNoUse(tale.needs(500), 540, 'worse'), 21 * MINUTE) },
  { often: 1, illnesses: ['crash'], end: (tale) => recoversAlone(fails(tale.needs(500), 540, 'Docker: driver failed programming external connectivity: port is already allocated'), 11 * MINUTE) },
  {
    often: 6,
    illnesses: ['unhealthy', 'memory', 'crash'],
    end: (tale, pick) => recoversAlone(isRefused(tale.needs(500), 530, REFUSALS[Math.floor(pick * REFUSALS.length)] ?? refusalBy('cooldown')), 6 * MINUTE + Math.round(pick * 9 * MINUTE)),
  },
  {
    often: 2,
    illnesses: ['oom', 'unhealthy'],
    end: (tale, pick) => {
      const digest = asksForApproval(tale.needs(500), 560);
      const answered = 50_000 + Math.round(pick * 200_000);
      isAnswered(tale, answered, digest, 'approved', 'rosa');
      helps(tale, answered + 20, { by: 'rosa' });
    },
  },
  {
    often: 1,
    illnesses: ['cpu'],
    end: (tale) => {
      const digest = asksForApproval(tale.needs(500), 560);
      isAnswered(tale, 90_000, digest, 'rejected', 'omar', 'the import is meant to run');
      recoversAlone(tale, 18 * MINUTE);
    },
  },
  {
    often: 1,
    illnesses: ['memory'],
    end: (tale) => {
      const digest = asksForApproval(tale.needs(500), 560);
      isAnswered(tale, HOUR + 560, digest, 'expired', '');
      recoversAlone(tale, HOUR + 9 * MINUTE);
    },
  },
  { often: 1, illnesses: ['crash'], end: (tale) => recoversAlone(tale, 40_000, 'replaced') },
];

const DECK = ENDINGS.flatMap((one) => Array.from({ length: one.often }, () => one));

/** Incidents that ended between `from` and `to`, spread over the containers that nothing is open for. */
export function endedTales(from: number, to: number, count: number, busy: ReadonlySet<string>): Tale[] {
  const random = seededRandom(20_260_711);
  const free = MEMBERS.filter(({ container }) => !busy.has(container) && !container.startsWith('hemostat'));
  const step = (to - from) / count;
  return Array.from({ length: count }, (_, index): Tale => {
    // Every ending comes, however many incidents there are; each container has its turn, so that no two of its incidents overlap.
    const { illnesses, end } = DECK[(index * 5) % DECK.length] ?? { illnesses: ['unhealthy'] as IllnessName[], end: (tale: Tale) => recoversAlone(tale, 10_000) };
    const member = free[(index * 7) % free.length] ?? memberOf('shop-web-1');
    const tale = new Tale(`ended ${index}`, member, Math.round(from + step * (index + random() * 0.8)), illnesses[Math.floor(random() * illnesses.length)] ?? 'unhealthy');
    tale.alert().notice(280, 'ill', index % 11 === 3 ? { error: 'Slack answers 503' } : {});
    end(tale, random());
    return tale;
  });
}
