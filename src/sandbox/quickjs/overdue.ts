/** What a child's watch writes to standard error before it ends the child: CPU time is up, and the program does not ask the meter. */
export const OVERDUE = 'overdue\n';
