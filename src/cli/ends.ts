/** Makes an action of a command's function, whose exit code becomes the program's. */
export type Ends = <A extends unknown[]>(
  action: (...args: A) => Promise<number>,
) => (...args: A) => Promise<void>;
