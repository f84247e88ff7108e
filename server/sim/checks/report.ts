/** Says that a rule was broken, and how. */
export type Report = (rule: string, message: string) => void;
