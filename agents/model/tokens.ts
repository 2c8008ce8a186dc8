import type { HemostatLog } from '../runtime/log';

export const CHARACTERS_A_TOKEN = 3;

/** Tokens that a text may have: on the safe side for English, code and logs. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_A_TOKEN);
}

/** What all copies of all agents may use in a UTC day, with a fake in the tests. */
export interface TokenBudget {
  /** Takes tokens out of the day's budget. False when not so many are left. @param day YYYY-MM-DD */
  reserveTokens(day: string, tokens: number, limit: number): Promise<boolean>;
  /** Gives back (negative) or adds what a call really used beyond its reservation. */
  settleTokens(day: string, difference: number): Promise<void>;
}

const DAY_FIELD = 'ai-tokens:';

/** The budget as one counter a day in Redis. */
export class RedisTokenBudget implements TokenBudget {
  constructor(private readonly log: HemostatLog) {}

  async reserveTokens(day: string, tokens: number, limit: number): Promise<boolean> {
    const { positions } = this.log.partition(0);
    const field = DAY_FIELD + day;
    const used = await this.log.redis.hincrby(positions, field, tokens);
    if (used === tokens) {
      await this.forgetOtherDays(field);
    }
    if (used > limit) {
      await this.log.redis.hincrby(positions, field, -tokens);
      return false;
    }
    return true;
  }

  async settleTokens(day: string, difference: number): Promise<void> {
    if (difference !== 0) {
      await this.log.redis.hincrby(this.log.partition(0).positions, DAY_FIELD + day, difference);
    }
  }

  private async forgetOtherDays(field: string): Promise<void> {
    const { positions } = this.log.partition(0);
    const fields = await this.log.redis.hkeys(positions);
    const old = fields.filter((one) => one.startsWith(DAY_FIELD) && one < field);
    if (old.length > 0) {
      await this.log.redis.hdel(positions, ...old);
    }
  }
}
