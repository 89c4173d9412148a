/** What commands are told on the command line, and what is said of what they cannot use. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isCurrency } from '../../extensions/commerce-api/src/core/money.ts';
import { SetupProblem } from '../prepare.mjs';

/** @throws SetupProblem with the usage when an option is unknown or lacks its value */
export function parseArguments<const Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new SetupProblem(`${(error as Error).message}\n\n${usage}`);
  }
}

/** @throws SetupProblem with the usage when there is none, or more than one */
export function oneFile([file, ...more]: readonly string[], usage: string): string {
  if (file === undefined || more.length > 0) throw new SetupProblem(`Name one file.\n\n${usage}`);
  return file;
}

/** In upper case, whatever it was written in. @throws SetupProblem when there is no such currency */
export function currencyOf(text: string | undefined): string | undefined {
  const currency = text?.toUpperCase();
  if (currency !== undefined && !isCurrency(currency)) {
    throw new SetupProblem(`${text} is not an ISO 4217 currency such as USD.`);
  }
  return currency;
}
