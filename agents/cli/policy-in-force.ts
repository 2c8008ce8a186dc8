import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parsePolicy, type PolicyDocument } from '../../src/contract/policy';
import { PolicyStore } from '../responder/policy-store';
import { environmentLayer } from '../responder/settings';
import { errorText } from '../runtime/errors';
import type { HemostatLog } from '../runtime/log';
import { createLogger } from '../runtime/logger';
import { readSettings } from '../runtime/settings/define';
import { responderSettings } from '../runtime/settings/responder';
import { TroubleBoard } from '../runtime/trouble';
import type { Cli } from './context';
import { CliError } from './output';

/** The policy in force, as the responder reads it with the environment of this terminal. @throws SettingsError, CliError */
export async function policyInForce(cli: Cli, log: HemostatLog): Promise<PolicyStore> {
  const settings = readSettings(responderSettings, cli.environment);
  const logger = createLogger({ logLevel: 'silent', logFormat: 'text' });
  const trouble = new TroubleBoard(logger);
  const store = new PolicyStore({ environment: environmentLayer(settings, cli.environment), file: settings.policyFile, logger, trouble });
  store.update(await log.redis.get(log.partition(0).policy));
  const [problem] = trouble.list();
  if (problem) {
    throw new CliError(problem.message, problem.mend);
  }
  return store;
}

/** A policy document as it stands in a YAML or JSON file, and as it is read. @throws CliError that names every problem. */
export function policyFromFile(file: string): { given: Record<string, unknown>; document: PolicyDocument } {
  let given: unknown;
  try {
    given = parse(readFileSync(file, 'utf8'), { maxAliasCount: 100 }) ?? {};
  } catch (cause) {
    throw new CliError(`The policy file ${file} cannot be read: ${errorText(cause)}`, 'Name an existing YAML or JSON file.');
  }
  const parsed = parsePolicy(given);
  if (!parsed.ok) {
    throw new CliError(`The policy in ${file} cannot be used: ${parsed.problems.join('; ')}`, 'Correct these places; `hemostat policy show` prints every name with its value.');
  }
  return { given: given as Record<string, unknown>, document: parsed.document };
}
