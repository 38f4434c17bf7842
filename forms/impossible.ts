/** Stands where no case is left; the type checker makes sure of that. */
export function impossible(value: never): never {
  throw new Error(`This case should not exist: ${JSON.stringify(value)}.`);
}
