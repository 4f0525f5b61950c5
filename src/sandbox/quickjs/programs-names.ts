const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** A name can stand in code as it is: nothing else may come from a request into the text that is evaluated. */
export const isFunctionName = (name: string): boolean => NAME.test(name);
