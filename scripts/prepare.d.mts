export const ROOT: string;
export class SetupProblem extends Error {}
export function prepare(log?: (line: string) => void): string;
export function runNode(node: string, args: string[], env?: NodeJS.ProcessEnv): Promise<number>;
export function fail(error: unknown): never;
export function requireSpace(folder: string, bytes: number): void;
