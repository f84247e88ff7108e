/** What one turn of the loop may spend on applying, in steps of about a microsecond each. */
export class Steps {
  left = 0;

  get areSpent(): boolean {
    return this.left <= 0;
  }

  spend(count: number): void {
    this.left -= count;
  }
}
