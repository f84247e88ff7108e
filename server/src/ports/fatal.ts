/** Ends the process: the member cannot go on without risking data. */
export type Fatal = (error: Error) => void;
