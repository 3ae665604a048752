/** One thing that has to hold of an adapter. */
export interface Check {
  /** A sentence. */
  readonly title: string;
  /** Why it is not tried here. */
  readonly skip?: string;
  run(): Promise<void>;
}
